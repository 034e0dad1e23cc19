internal import CPin

/// What serves (plugin, range) now: owns the atomic pointer that callers follow.
///
/// The pointer's memory is never given back while the process lives, not even with the route: bindings are plain words
/// without a count, so nobody can know when the last of them is gone, and each must be able to find out that its route is
/// empty. That costs 128 bytes and a label per route. A host makes a route per range that is ever bound.
package final class Route: Sendable {
    struct State: Sendable {
        var target: Target?
        /// Whose exports a binding must be among while the route is held.
        var held: Target?
        var bound: Set<Int> = []
        /// The arm that keyed calls may take; `share` is in `RouteMemory` alone.
        var canary: Route?
    }

    /// What people know the route by, `greeter ^1.2`; in every error of its bindings.
    package let label: String
    let memory: RouteMemory
    let state = Lock(State())

    /// Makes a route that nothing serves yet.
    ///
    /// `Pins.start` comes before.
    package init(label: String) {
        precondition(Pins.protection != nil, "Pins.start comes before the first route")
        self.label = label
        memory = RouteMemory(label: label)
    }

    /// Empties the route.
    ///
    /// A target that is still on it is never freed, since nobody will drain it.
    deinit { memory.exchange(nil) }

    /// Makes `target` what callers reach from now on; `nil`: their calls throw.
    ///
    /// Never blocks a caller.
    ///
    /// Traps where the target was published before, or lacks an export that is bound through this route: ask
    /// `indicesMissing(in:)` first. Publishing on one route is serialised by the host.
    ///
    /// - Returns: what callers reached before. It must be drained before what it leads to may go.
    @discardableResult
    package func publish(_ target: Target?) -> Target? {
        state.withLock { state in
            if let target {
                precondition(
                    state.bound.allSatisfy(target.hasFunction(at:)), "\(label): the target lacks a bound export")
                target.markPublished()
            }
            memory.exchange(target)
            state.held = nil
            defer { state.target = target }
            return state.target
        }
    }

    /// Empties the route for a hold, which says to callers what that means.
    ///
    /// Until something is published, what is bound must be among the exports of `standIn`, or of what served it before.
    func hold(standIn: Target? = nil) {
        state.withLock { state in
            memory.exchange(nil)
            state.held = standIn ?? state.target
            state.target = nil
        }
    }

    /// What callers reach now.
    package var target: Target? { state.withLock(\.target) }

    /// The export indices that are bound through this route and that `target` has no function for, sorted.
    package func indicesMissing(in target: Target) -> [Int] {
        state.withLock { state in state.bound.filter { !target.hasFunction(at: $0) }.sorted() }
    }

    /// Forgets which exports are bound: nobody uses a binding of this route any more, as its owner knows.
    package func unbind() { state.withLock { $0.bound = [] } }

    /// Whether an export's address can be called as F at all.
    ///
    /// - Throws: `BindingError.notACFunction`.
    package static func checkIsFunction<F>(_ type: F.Type) throws(BindingError) {
        guard isCFunctionPointer(type) else { throw .notACFunction(type: String(reflecting: type)) }
    }

    /// A hold on the export at `index`.
    ///
    /// From now on, only targets that have it can be published here.
    ///
    /// - Throws: `BindingError.notACFunction`; `.noSuchExport` where what serves the route now does not have it.
    package func binding<F>(_ index: Int, as type: F.Type = F.self) throws(BindingError) -> Binding<F> {
        try Self.checkIsFunction(type)
        let admitted = try state.withLock { state throws(BindingError) in
            guard index >= 0, (state.target ?? state.held)?.hasFunction(at: index) != false else { return false }
            try state.canary?.reserve([index])
            state.bound.insert(index)
            return true
        }
        guard admitted else { throw .noSuchExport(route: label, index: index) }
        return unsafe Binding(route: memory.cell, offset: TargetLayout.slot(index))
    }
}
