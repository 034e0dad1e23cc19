internal import CPin
internal import Glibc
internal import Synchronization

/// Routes that are held while the state of what they led to is handed over: no call gets in, those inside finish.
///
/// The routes are empty meanwhile, so a call pays nothing for the possibility. Who finds a held route empty
/// - passes through to the old target, if its thread or its task is inside the old targets: it would wait for itself;
/// - else waits until the hold ends, and goes through the route again: a thread blocks, `withLease` suspends;
/// - at the hold's deadline, or at once in a signal handler, gets `BindingError.held`.
///
/// Whoever begins a hold ends it, however the hand-over went.
///
/// Why nobody is inside once `isQuiesced` was true
///
///   Grant (a caller that passes through)              Quiesce scan
///   G1  begun += 1                                    S1  e = ended
///   G2  phase over → ended += 1, the route again      S2  all cells, over all old targets
///   G3  cell = old target + offset                    S3  quiesced: all were empty, and begun == e
///   G4  is the source still held? Another cell of     End
///       this thread in an old target, or a lease of   E1  publish; phase = over
///       this task that is not over. No → cell = NULL  E2  wait until ended == begun, read in this order
///   G5  ended += 1; after a yes in G4, the call
///
/// All but the cells of S2 is sequentially consistent. Calls that came by the route are W2's matter: the routes were
/// empty before it. Targets that are added while the hold goes on are reached by grants alone, and come before G1, so
/// S2 knows those of all grants that had ended before S1. As for grants: begun is never below ended, so begun == e in
/// S3 means that from S1 to S3 no grant was under way, none began, and all earlier ones had ended before S1, their
/// cells visible to S2 through G5 and S1. So S2 saw one state of affairs, and in it nobody was inside. A grant after
/// S3 needs a source in G4. A cell of its own thread can be none: it was empty, and only a grant or a call through a
/// lease fills one. A lease can be none: its cell was empty, so it had been given back, and a lease marks itself over
/// before it empties its cell; S2 saw the empty cell, S3 came after that, G1 after S3 and G4 after G1, so G4 sees the
/// mark. Hence G4 says no, and what was empty stays empty.
///
/// After E2 no grant is under way and G2 stops all later ones, so the cells inside the old targets only shrink, as the
/// proof in cpin.h wants it: only then may they be drained. (E2 is short: a grant contains nothing that blocks.)
package final class Hold: Sendable {
    private enum Phase: UInt8, AtomicRepresentable { case holding, over }

    /// What became of a caller that wants to pass through; unless it is granted, its pin has been given back.
    @safe enum Passage {
        case granted(cpin_pin)
        case outside
        case over
    }

    /// All targets of the generations whose state is handed over: published or not yet drained, and those that were made
    /// since, for whoever is inside.
    package var old: [Target] { targets.withLock { $0 } }
    let waiters: HoldWaiters
    private let targets: Lock<[Target]>
    private let routes: Lock<[Route]>
    private let begun = Atomic(0)
    private let ended = Atomic(0)
    private let phase = Atomic(Phase.holding)

    /// Empties the routes, and makes their callers wait.
    ///
    /// Like publishing, to be serialised by the host.
    ///
    /// - Parameters:
    ///   - old: all targets of the old generations, published or not yet drained; those of the routes are among them.
    ///   - deadline: until when callers wait. The hold itself lasts until it is ended.
    package init(_ routes: [Route], inside old: [Target], until deadline: ContinuousClock.Instant) {
        targets = Lock(old)
        waiters = HoldWaiters(deadline: deadline)
        self.routes = Lock(routes)
        Holds.begin(routes.map { ($0, Holds.Entry(hold: self, old: $0.target)) })
        for route in routes { route.hold() }
    }

    /// Holds one more route: one that is bound meanwhile, and nothing has served yet.
    ///
    /// - Parameter standIn: a fresh target of the old generation that serves the route, where callers go who are inside
    ///   already. Its memory stays until it is drained, when the hold has ended.
    package func add(_ route: Route, standIn: Target) {
        standIn.markPublished()
        targets.withLock { $0.append(standIn) }
        routes.withLock { $0.append(route) }
        Holds.add(route, Holds.Entry(hold: self, old: standIn))
        route.hold(standIn: standIn)
    }

    /// Ends the hold: publishes, lets everybody go on who waits, and no one pass through any more.
    ///
    /// A held route that is not among the publications stays empty, and its callers throw `unloaded`. From now on, and not
    /// before, the old targets may be drained. Traps on a second time.
    package func end(_ publications: [(Route, Target?)]) {
        for (route, target) in publications { route.publish(target) }
        // E1
        let previous = phase.exchange(.over, ordering: .sequentiallyConsistent)
        precondition(previous == .holding, "a hold ends once")
        Holds.end(routes.withLock { $0 })
        while !isWithoutGrants { sched_yield() }  // E2
        waiters.end()
    }

    /// How many callers wait now.
    package var waitingCount: Int { waiters.count }

    /// Whether this thread is inside the old targets, or this task holds a lease on one: then it must not wait for the
    /// hold's end.
    package var isCallerInside: Bool { unsafe isInside(except: nil) }

    /// Pins a target for a call that takes another way than a route, if its caller is inside already; `nil`: it has to wait.
    ///
    /// Under the lock under which the hold is ended.
    ///
    /// - Parameters:
    ///   - target: a fresh one of an old generation, which nobody else uses.
    ///   - label: what the error calls it.
    /// - Throws: as `Pin.init`.
    package func pin(on target: Target, _ index: Int, label: String) throws(BindingError) -> Pin? {
        guard isCallerInside else { return nil }
        targets.withLock { $0.append(target) }
        return try unsafe Pin(on: target, index, label: label) { pin, offset in
            guard case .granted(let pin) = unsafe passThrough(pin, to: target, at: offset) else { return nil }
            return unsafe pin
        }
    }

    /// Waits as a caller of a held route does, for a call that takes another way than a route.
    ///
    /// - Parameter label: what the error calls the route.
    /// - Throws: `BindingError.held`.
    package func wait(label: String) throws(BindingError) {
        if cpin_seems_in_handler() { throw .held(route: label, milliseconds: nil) }
        if let milliseconds = waiters.waitOnThread() { throw .held(route: label, milliseconds: milliseconds) }
    }

    /// Whether no call or lease is inside, and none will be until the hold ends.
    ///
    /// To be asked after W2, which comes after `init`.
    var isQuiesced: Bool {
        let finished = ended.load(ordering: .sequentiallyConsistent)  // S1
        guard old.allSatisfy({ $0.callCount == 0 }) else { return false }  // S2
        return begun.load(ordering: .sequentiallyConsistent) == finished  // S3
    }

    /// Lets a caller pass through whose pin found a held route empty, if it is inside.
    func passThrough(_ pin: cpin_pin, to target: Target?, at offset: Int) -> Passage {
        // A look beforehand: the many who are outside need not disturb the scan.
        guard let target, unsafe isInside(except: pin.cell) else {
            unsafe cpin_leave(pin)
            return .outside
        }
        begun.add(1, ordering: .sequentiallyConsistent)  // G1
        defer { ended.add(1, ordering: .sequentiallyConsistent) }  // G5
        guard phase.load(ordering: .sequentiallyConsistent) == .holding else {  // G2
            unsafe cpin_leave(pin)
            return .over
        }
        // SAFETY: the pin is held and announces nothing; the target is an old one, and G4 shows that it is protected.
        let granted = unsafe cpin_redirect(pin, target.base, offset)  // G3
        if unsafe isInside(except: pin.cell) { return unsafe .granted(granted) }  // G4
        unsafe cpin_leave(pin)
        return .outside
    }

    /// Whether no grant is under way.
    ///
    /// In this order: a grant that begins and ends between the two looks must not stand in for one that has not ended.
    private var isWithoutGrants: Bool {
        let finished = ended.load(ordering: .sequentiallyConsistent)
        return begun.load(ordering: .sequentiallyConsistent) == finished
    }

    private func isInside(except cell: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Bool {
        let leases = LeaseRecord.held
        return targets.withLock(\.self).contains { target in
            // SAFETY: addresses, which are compared with this thread's cells.
            unsafe cpin_held_by_this_thread_elsewhere(target.base, target.end, cell)
                || leases.contains { $0.protects(target) }
        }
    }
}
