public import CPin

// What a call does that found its route empty. Out of line: it is not on the call path.

/// A pin with a target, or why there is none.
///
/// Returned and not thrown: a call that may throw costs the caller's loop a register, for ever.
@safe @usableFromInline struct Admission {
    @usableFromInline let pin: cpin_pin
    @usableFromInline let refusal: BindingError?
}

/// A pin with a target, after one without.
@usableFromInline @inline(never)
func admission(
    to route: UnsafeMutablePointer<UnsafeMutableRawPointer?>, at offset: Int, insteadOf pin: cpin_pin
) -> Admission {
    let label = unsafe RouteMemory(cell: route).label
    guard unsafe pin.cell != nil else { return unsafe Admission(pin: pin, refusal: .tooManyThreads(route: label)) }
    unsafe cpin_leave(pin)
    return unsafe Admission(pin: pin, refusal: .unloaded(route: label))
}

/// A pin of `cpin_lease_enter` with a target.
func leaseAdmission(
    to route: UnsafeMutablePointer<UnsafeMutableRawPointer?>, at offset: Int
) async throws -> cpin_pin {
    let pin = unsafe cpin_lease_enter(route, offset)
    guard unsafe pin.target == nil else { return unsafe pin }
    let admission = unsafe admission(to: route, at: offset, insteadOf: pin)
    if let refusal = admission.refusal { throw refusal }
    return unsafe admission.pin
}
