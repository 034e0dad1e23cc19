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
/// thread's record. Errors that `body` throws pass through.
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
    /// - Throws: `BindingError.unloaded`, `.tooManyThreads`, and what `body` throws.
    @inlinable
    public func callAsFunction<R>(_ body: (F) throws -> R) throws -> R {
        // SAFETY: the pin is given back on this thread, and only if it was got; the target is used while it is held.
        let pin = unsafe cpin_enter(route, offset)
        guard let target = unsafe pin.target else { throw unsafe refusal(of: route, pin) }
        defer { unsafe cpin_leave(pin) }
        return try body(unsafe function(in: target, at: offset, as: F.self))
    }

    /// Calls `body` with the export's function and the plugin's instance, what its `swb_start` made.
    ///
    /// - Throws: `BindingError.unloaded`, `.tooManyThreads`, and what `body` throws.
    @inlinable
    public func callAsFunction<R>(_ body: (F, UnsafeMutableRawPointer?) throws -> R) throws -> R {
        // SAFETY: as above; the header's words are there in every target.
        let pin = unsafe cpin_enter(route, offset)
        guard let target = unsafe pin.target else { throw unsafe refusal(of: route, pin) }
        defer { unsafe cpin_leave(pin) }
        return try unsafe body(
            function(in: target, at: offset, as: F.self),
            target.load(fromByteOffset: TargetLayout.instance, as: UnsafeMutableRawPointer?.self))
    }

    /// Calls `body` with the export's function, the plugin's instance, and the context of the host's generation.
    ///
    /// - Throws: `BindingError.unloaded`, `.tooManyThreads`, and what `body` throws.
    @inlinable
    package func callAsFunction<R>(
        _ body: (F, _ instance: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer?) throws -> R
    ) throws -> R {
        // SAFETY: as above.
        let pin = unsafe cpin_enter(route, offset)
        guard let target = unsafe pin.target else { throw unsafe refusal(of: route, pin) }
        defer { unsafe cpin_leave(pin) }
        return try unsafe body(
            function(in: target, at: offset, as: F.self),
            target.load(fromByteOffset: TargetLayout.instance, as: UnsafeMutableRawPointer?.self),
            target.load(fromByteOffset: TargetLayout.context, as: UnsafeMutableRawPointer?.self))
    }
}

/// Gives back what an empty pin holds, and says why there was no target.
///
/// Out of line: it is not on the call path.
@usableFromInline @inline(never)
func refusal(of route: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ pin: cpin_pin) -> BindingError {
    // SAFETY: the route's memory is never freed; a pin with a cell is held and not yet given back.
    let label = unsafe RouteMemory(cell: route).label
    guard unsafe pin.cell != nil else { return .tooManyThreads(route: label) }
    unsafe cpin_leave(pin)
    return .unloaded(route: label)
}
