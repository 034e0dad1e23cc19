public import CPin

// The calls' overloads are told apart by what `body` takes.
// swift-format-ignore: AmbiguousTrailingClosureOverload
/// A caller's typed hold on one export through one route.
///
/// Keep it in a `let`: it is two plain words without reference counts, and a call through it costs two loads and two
/// stores above the bare C call (a class's `var` costs three times a call, for the exclusivity check). It may outlive
/// everything: after an unload or a shutdown its calls throw.
///
///     let add = try host.bind("adder", "^1.2", Export("add", as: (@convention(c) (Int32, Int32) -> Int32).self))
///     let sum = try add { $0(2, 3) }
///
/// While `body` runs, the version that it calls stays loaded. Several calls in one `body` reach the same version. The
/// function must not escape `body`: nothing protects it afterwards, and the compiler cannot tell. A call may be made on
/// any thread, from inside a plugin too; nothing in it blocks or allocates, except that a thread's first call claims the
/// thread's record, and that a call waits while the plugin's state is handed over to another version. Errors that `body`
/// throws pass through.
@safe @frozen public struct Binding<F>: @unchecked Sendable {
    // SAFETY: for the whole type: a route's cell is never freed (`Route`) and is only accessed atomically, so any thread
    // may use a copy at any time.
    @usableFromInline let route: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    /// Where in a target the export's slot is, in bytes.
    @usableFromInline let offset: Int

    init(route: UnsafeMutablePointer<UnsafeMutableRawPointer?>, offset: Int) {
        unsafe self.route = unsafe route
        self.offset = offset
    }

    /// Calls `body` with the export's function.
    ///
    /// - Throws: `BindingError.unloaded`, `.held`, `.tooManyThreads`, and what `body` throws.
    @inlinable
    public func callAsFunction<R>(_ body: (F) throws -> R) throws -> R {
        // SAFETY: the pin is given back on this thread; the target is there, and is used while the pin is held.
        let pin = try unsafe enter()
        defer { unsafe cpin_leave(pin) }
        let target = unsafe pin.target.unsafelyUnwrapped
        return try body(unsafe function(in: target, at: offset, as: F.self))
    }

    /// Calls `body` with the export's function and the plugin's instance, what its `swb_start` made.
    ///
    /// - Throws: `BindingError.unloaded`, `.held`, `.tooManyThreads`, and what `body` throws.
    @inlinable
    public func callAsFunction<R>(_ body: (F, UnsafeMutableRawPointer?) throws -> R) throws -> R {
        // SAFETY: as above; the header's words are there in every target.
        let pin = try unsafe enter()
        defer { unsafe cpin_leave(pin) }
        let target = unsafe pin.target.unsafelyUnwrapped
        return try unsafe body(
            function(in: target, at: offset, as: F.self),
            target.load(fromByteOffset: TargetLayout.instance, as: UnsafeMutableRawPointer?.self))
    }

    /// Calls `body` with the export's function, the plugin's instance, and the context of the host's generation.
    ///
    /// - Throws: `BindingError.unloaded`, `.held`, `.tooManyThreads`, and what `body` throws.
    @inlinable
    package func callAsFunction<R>(
        _ body: (F, _ instance: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer?) throws -> R
    ) throws -> R {
        // SAFETY: as above.
        let pin = try unsafe enter()
        defer { unsafe cpin_leave(pin) }
        let target = unsafe pin.target.unsafelyUnwrapped
        return try unsafe body(
            function(in: target, at: offset, as: F.self),
            target.load(fromByteOffset: TargetLayout.instance, as: UnsafeMutableRawPointer?.self),
            target.load(fromByteOffset: TargetLayout.context, as: UnsafeMutableRawPointer?.self))
    }
}

extension Binding {
    /// A pin with a target; whoever gets it gives it back on this thread.
    @inlinable @inline(__always)
    func enter() throws(BindingError) -> cpin_pin {
        // SAFETY: the route's memory is never freed.
        let pin = unsafe cpin_enter(route, offset)
        if unsafe pin.target != nil { return unsafe pin }
        let admission = unsafe admission(to: route, at: offset, insteadOf: pin)
        if let refusal = admission.refusal { throw refusal }
        return unsafe admission.pin
    }
}
