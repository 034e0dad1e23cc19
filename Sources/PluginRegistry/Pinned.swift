public import CPin

// The calls' overloads are told apart by what `body` takes.
// swift-format-ignore: AmbiguousTrailingClosureOverload
/// One version, pinned on this thread for a block of calls, which all reach it.
///
/// `Binding.pin` lends it. A call costs what the bare C call costs.
@safe @frozen public struct Pinned<F>: ~Copyable {
    @usableFromInline let target: UnsafeMutableRawPointer
    /// Where in the target the export's slot is, in bytes.
    @usableFromInline let offset: Int

    @inlinable
    init(_ target: UnsafeMutableRawPointer, at offset: Int) {
        unsafe self.target = unsafe target
        self.offset = offset
    }

    /// Calls `body` with the export's function, which must not escape it.
    @inlinable
    public borrowing func callAsFunction<R>(_ body: (F) throws -> R) rethrows -> R {
        // SAFETY: whoever lends this holds a pin on the target meanwhile.
        try body(unsafe function(in: target, at: offset, as: F.self))
    }

    /// Calls `body` with the export's function and the plugin's instance, what its `swb_start` made.
    @inlinable
    public borrowing func callAsFunction<R>(_ body: (F, UnsafeMutableRawPointer?) throws -> R) rethrows -> R {
        // SAFETY: as above; the header's words are there in every target.
        try unsafe body(
            function(in: target, at: offset, as: F.self),
            target.load(fromByteOffset: TargetLayout.instance, as: UnsafeMutableRawPointer?.self))
    }

    /// Calls `body` with the export's function, the plugin's instance, and the context of the host's generation.
    @inlinable
    package borrowing func callAsFunction<R>(
        _ body: (F, _ instance: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer?) throws -> R
    ) rethrows -> R {
        // SAFETY: as above.
        try unsafe body(
            function(in: target, at: offset, as: F.self),
            target.load(fromByteOffset: TargetLayout.instance, as: UnsafeMutableRawPointer?.self),
            target.load(fromByteOffset: TargetLayout.context, as: UnsafeMutableRawPointer?.self))
    }
}

@available(*, unavailable)
extension Pinned: Sendable {}

extension Binding {
    /// Calls `body` with what serves the route now, pinned: all calls in there reach the same version.
    ///
    /// - Throws: `BindingError.unloaded`, `.held`, `.tooManyThreads`, and what `body` throws.
    @inlinable
    public func pin<R>(_ body: (borrowing Pinned<F>) throws -> R) throws -> R {
        // SAFETY: the pin is given back on this thread, after `body`; the target is there.
        let pin = try unsafe enter()
        defer { unsafe cpin_leave(pin) }
        return try body(unsafe Pinned(pin.target.unsafelyUnwrapped, at: offset))
    }
}
