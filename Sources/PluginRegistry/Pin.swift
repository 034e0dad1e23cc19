internal import CPin

/// A pin on one target that no route leads to: for a call that looks its generation up anew, and binds nothing.
///
/// Take it under the lock under which generations leave service. Whoever drains the target afterwards has had that lock
/// later, and so sees the pin; a pin taken after the lock is let go could come when the drain is over. Not `Sendable`: the
/// pin is given back on the thread that took it, innermost first.
@safe package struct Pin: ~Copyable {
    private let target: Target
    private let offset: Int
    private let held: cpin_pin

    /// Announces a call of the export at `index`.
    ///
    /// - Parameter label: what the error calls the target.
    /// - Throws: `BindingError.noSuchExport`, `.tooManyThreads`.
    package init(on target: Target, _ index: Int, label: String) throws(BindingError) {
        // SAFETY: the route that `enter` makes leads to the target, and is only looked at until it returns.
        try unsafe self.init(on: target, index, held: Self.enter(target.base, target, index, label))
    }

    /// Announces it if `passage` lets a pin through that announces nothing yet, else gives that back: `nil`.
    init?(
        on target: Target, _ index: Int, label: String, _ passage: (cpin_pin, _ offset: Int) -> cpin_pin?
    ) throws(BindingError) {
        let pin = try unsafe Self.enter(nil, target, index, label)
        guard let held = unsafe passage(pin, TargetLayout.slot(index)) else { return nil }
        unsafe self.init(on: target, index, held: held)
    }

    private init(on target: Target, _ index: Int, held: cpin_pin) {
        self.target = target
        offset = TargetLayout.slot(index)
        unsafe self.held = unsafe held
    }

    /// A pin by a route of this frame's own, which nobody changes.
    private static func enter(
        _ base: UnsafeMutableRawPointer?, _ target: Target, _ index: Int, _ label: String
    ) throws(BindingError) -> cpin_pin {
        guard target.hasFunction(at: index) else { throw .noSuchExport(route: label, index: index) }
        var route = unsafe base
        // SAFETY: the route is only looked at until the call returns.
        let held = unsafe cpin_enter(&route, TargetLayout.slot(index))
        guard unsafe held.cell != nil else { throw .tooManyThreads(route: label) }
        return unsafe held
    }

    /// Calls `body` with the function, the instance and the context.
    ///
    /// They must not escape it.
    package borrowing func callAsFunction<F, R>(
        as type: F.Type,
        _ body: (F, _ instance: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer?) throws -> R
    ) rethrows -> R {
        // SAFETY: the pin is held and the slot is not empty; F is the contract's type, as with a binding.
        return try unsafe body(
            function(in: target.base, at: offset, as: type),
            target.base.load(fromByteOffset: TargetLayout.instance, as: UnsafeMutableRawPointer?.self),
            target.base.load(fromByteOffset: TargetLayout.context, as: UnsafeMutableRawPointer?.self))
    }

    deinit {
        // SAFETY: taken in `init`, given back here only.
        unsafe cpin_leave(held)
    }
}
