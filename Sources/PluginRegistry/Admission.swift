public import CPin

// What a call does that found its route empty. Out of line: it is not on the call path.

/// A pin with a target, after one without.
@usableFromInline @inline(never)
func admission(
    to route: UnsafeMutablePointer<UnsafeMutableRawPointer?>, at offset: Int, insteadOf pin: cpin_pin
) throws(BindingError) -> cpin_pin {
    let label = unsafe RouteMemory(cell: route).label
    guard unsafe pin.cell != nil else { throw .tooManyThreads(route: label) }
    unsafe cpin_leave(pin)
    throw .unloaded(route: label)
}

/// A pin of `cpin_lease_enter` with a target.
func leaseAdmission(
    to route: UnsafeMutablePointer<UnsafeMutableRawPointer?>, at offset: Int
) async throws -> cpin_pin {
    let pin = unsafe cpin_lease_enter(route, offset)
    guard unsafe pin.target == nil else { return unsafe pin }
    return try unsafe admission(to: route, at: offset, insteadOf: pin)
}
