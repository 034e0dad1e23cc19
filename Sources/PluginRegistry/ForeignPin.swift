internal import CPin

/// A pin that foreign code holds: a value whose end no compiler sees, so whoever took it gives its `word` back.
///
/// Held on the thread that took it, innermost first out, like every pin.
@safe package struct ForeignPin<F> {
    /// The export's function; not to be used after the pin is given back, and the same for `instance`.
    package let function: F
    /// What the plugin's `swb_start` made.
    package let instance: UnsafeMutableRawPointer?
    /// What `Pins.giveBack` wants: an address, never 0.
    package let word: UInt
}

extension Binding {
    /// Takes a pin without a closure around it; `nil` where nothing serves, or a hand-over of state held it for too long,
    /// or no cell was to be had: then nothing is held.
    package func foreignPin() -> ForeignPin<F>? {
        // C code has no use for the reason: one answer stands for all.
        // SAFETY: its owner gives the pin back on this thread, by its word.
        guard let pin = try? unsafe enter(), let target = unsafe pin.target, let cell = unsafe pin.cell else {
            return nil
        }
        // SAFETY: the pin is held; the header's words are there in every target.
        return unsafe ForeignPin(
            function: PluginRegistry.function(in: target, at: offset, as: F.self),
            instance: target.load(fromByteOffset: TargetLayout.instance, as: UnsafeMutableRawPointer?.self),
            word: UInt(bitPattern: cell))
    }
}

extension Pins {
    /// Gives back the pin that foreign code holds by its `word`.
    ///
    /// On the thread that took it, once; 0 does nothing.
    package static func giveBack(_ word: UInt) {
        guard let cell = unsafe UnsafeMutablePointer<UnsafeMutableRawPointer?>(bitPattern: word) else { return }
        // SAFETY: the word is a pin's that is held: its cell lives as long as the process.
        unsafe cpin_leave(cpin_pin(target: nil, cell: cell))
    }
}
