public import CPin

// What a call does that found its route empty. Out of line: it is not on the call path.

/// A pin with a target, or why there is none.
///
/// Returned and not thrown: a call that may throw costs the caller's loop a register, for ever.
@safe @usableFromInline struct Admission {
    @usableFromInline let pin: cpin_pin
    @usableFromInline let refusal: BindingError?
}

/// A pin with a target, after one without: at once, or when the route's hold has ended.
@usableFromInline @inline(never)
func admission(
    to route: UnsafeMutablePointer<UnsafeMutableRawPointer?>, at offset: Int, insteadOf pin: cpin_pin
) -> Admission {
    let memory = unsafe RouteMemory(cell: route)
    var pin = unsafe pin
    while true {
        switch unsafe Attempt(on: memory, at: offset, with: pin) {
        case .inside(let pin): return unsafe Admission(pin: pin, refusal: nil)
        case .refused(let error): return unsafe Admission(pin: pin, refusal: error)
        case .again: break
        case .held(let hold):
            if let milliseconds = hold.waiters.waitOnThread() {
                let error = BindingError.held(route: memory.label, milliseconds: milliseconds)
                return unsafe Admission(pin: pin, refusal: error)
            }
        }
        // SAFETY: the route's memory is never freed; the pin before this was given back.
        unsafe pin = cpin_enter(route, offset)
    }
}

/// A pin of `cpin_lease_enter` with a target.
///
/// - Throws: `BindingError`, `CancellationError`.
func leaseAdmission(
    to route: UnsafeMutablePointer<UnsafeMutableRawPointer?>, at offset: Int
) async throws -> cpin_pin {
    let memory = unsafe RouteMemory(cell: route)
    while true {
        // SAFETY: the route's memory is never freed; whoever gets the pin gives it back.
        switch unsafe Attempt(on: memory, at: offset, with: cpin_lease_enter(route, offset)) {
        case .inside(let pin): return unsafe pin
        case .refused(let error): throw error
        case .again: break
        case .held(let hold):
            switch await hold.waiters.waitInTask() {
            case .over: break
            case .cancelled: throw CancellationError()
            case .deadline(let milliseconds): throw BindingError.held(route: memory.label, milliseconds: milliseconds)
            }
        }
    }
}

/// What came of one pin on a route; but for `inside`, it has been given back.
@safe enum Attempt {
    case inside(cpin_pin)
    /// Something serves the route by now.
    case again
    /// Nothing until this ends.
    case held(Hold)
    case refused(BindingError)

    /// Takes over a pin on `route`, with a target or without.
    init(on route: RouteMemory, at offset: Int, with pin: cpin_pin) {
        if unsafe pin.target != nil {
            self = unsafe .inside(pin)
        } else if unsafe pin.cell == nil {
            self = .refused(.tooManyThreads(route: route.label))
        } else {
            self = unsafe Attempt(onEmpty: route, at: offset, with: pin)
        }
    }

    private init(onEmpty route: RouteMemory, at offset: Int, with pin: cpin_pin) {
        let finding = Holds.look(at: route)
        if case .held(let entry) = finding {
            switch unsafe entry.hold.passThrough(pin, to: entry.old, at: offset) {
            case .granted(let pin): self = unsafe .inside(pin)
            case .outside: self = .held(entry.hold)
            case .over: self = .again
            }
            return
        }
        unsafe cpin_leave(pin)
        switch finding {
        case .served, .held: self = .again
        case .unloaded: self = .refused(.unloaded(route: route.label))
        case .unknown: self = .refused(.held(route: route.label, milliseconds: nil))
        }
    }
}
