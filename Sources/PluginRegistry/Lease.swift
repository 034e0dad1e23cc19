public import CPin

// The calls' overloads are told apart by what `body` takes.
// swift-format-ignore: AmbiguousTrailingClosureOverload
/// Protection of one version that outlives a stack frame: it moves across threads and suspension points.
///
/// `Binding.withLease` lends it. All calls through it reach the version that served the route when it was taken, however
/// long ago, and keep it loaded: hold it as long as that is wanted and no longer. A call costs two stores above the bare C
/// call. May be called on any thread, on several at once.
@safe @frozen public struct Lease<F>: ~Copyable, @unchecked Sendable {
    // SAFETY: of @unchecked: the target is only read, as by every caller; the cell is atomic and emptied by `deinit` only.
    @usableFromInline let pin: cpin_pin
    @usableFromInline let target: UnsafeMutableRawPointer
    /// Where in the target the export's slot is, in bytes.
    @usableFromInline let offset: Int
    @usableFromInline let record: LeaseRecord

    /// Takes over a pin of `cpin_lease_enter` that found a target.
    init(_ pin: cpin_pin, on target: UnsafeMutableRawPointer, at offset: Int) {
        unsafe self.pin = unsafe pin
        unsafe self.target = unsafe target
        self.offset = offset
        record = unsafe LeaseRecord(target)
    }

    deinit {
        // First the one, then the other: whoever finds the cell empty finds the record over (`Hold`).
        record.end()
        // SAFETY: taken over in `init`, given back here only.
        unsafe cpin_lease_leave(pin)
    }

    /// Calls `body` with the export's function, which must not escape it.
    @inlinable
    public borrowing func callAsFunction<R>(_ body: (F) throws -> R) rethrows -> R {
        // SAFETY: the lease protects the target for as long as it is borrowed, which is longer than the call.
        let cell = unsafe cpin_announce(target + offset)
        defer { unsafe cpin_silence(cell) }
        return try body(unsafe function(in: target, at: offset, as: F.self))
    }

    /// Calls `body` with the export's function and the plugin's instance, what its `swb_start` made.
    @inlinable
    public borrowing func callAsFunction<R>(_ body: (F, UnsafeMutableRawPointer?) throws -> R) rethrows -> R {
        // SAFETY: as above; the header's words are there in every target.
        let cell = unsafe cpin_announce(target + offset)
        defer { unsafe cpin_silence(cell) }
        return try unsafe body(
            function(in: target, at: offset, as: F.self),
            target.load(fromByteOffset: TargetLayout.instance, as: UnsafeMutableRawPointer?.self))
    }

    /// Calls `body` with the export's function, the plugin's instance, and the context of the host's generation.
    @inlinable
    package borrowing func callAsFunction<R>(
        _ body: (F, _ instance: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer?) throws -> R
    ) rethrows -> R {
        // SAFETY: as above.
        let cell = unsafe cpin_announce(target + offset)
        defer { unsafe cpin_silence(cell) }
        return try unsafe body(
            function(in: target, at: offset, as: F.self),
            target.load(fromByteOffset: TargetLayout.instance, as: UnsafeMutableRawPointer?.self),
            target.load(fromByteOffset: TargetLayout.context, as: UnsafeMutableRawPointer?.self))
    }
}

extension Binding {
    /// Calls `body` with a lease on what serves the route now, and gives the lease back when `body` has ended.
    ///
    /// Takes a compare-and-swap and an allocation or two. Where the plugin's state is being handed over it suspends until
    /// that is done, without blocking a thread; cancelling the task ends that wait.
    ///
    /// - Throws: `BindingError.unloaded`, `.held`, `.tooManyThreads`, `CancellationError`, and what `body` throws.
    public func withLease<R>(
        isolation: isolated (any Actor)? = #isolation, _ body: (borrowing Lease<F>) async throws -> R
    ) async throws -> R {
        // SAFETY: the route's memory is never freed; the pin is the lease's to give back.
        let pin = try await unsafe leaseAdmission(to: route, at: offset)
        let lease = unsafe Lease<F>(pin, on: pin.target.unsafelyUnwrapped, at: offset)
        return try await LeaseRecord.$held.withValue(LeaseRecord.held + [lease.record]) { try await body(lease) }
    }
}
