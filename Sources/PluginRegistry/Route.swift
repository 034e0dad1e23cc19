internal import CPin

/// What serves (plugin, range) now: owns the atomic pointer that callers follow.
///
/// The pointer's memory is never given back while the process lives, not even with the route: bindings are plain words
/// without a count, so nobody can know when the last of them is gone, and each must be able to find out that its route is
/// empty. That costs 128 bytes and a label per route. A host makes a route per range that is ever bound.
package final class Route: Sendable {
    private struct State: Sendable {
        var target: Target?
        /// Whose exports a binding must be among while the route is held.
        var held: Target?
        var bound: Set<Int> = []
    }

    /// What people know the route by, `greeter ^1.2`; in every error of its bindings.
    package let label: String
    let memory: RouteMemory
    private let state = Lock(State())

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
    /// Until something is published, what is bound must be among the exports of what served it before, or of `standIn`.
    func hold(standIn: Target? = nil) {
        state.withLock { state in
            memory.exchange(nil)
            state.held = state.target ?? standIn
            state.target = nil
        }
    }

    /// What callers reach now.
    package var target: Target? { state.withLock(\.target) }

    /// The export indices that are bound through this route and that `target` has no function for, sorted.
    package func indicesMissing(in target: Target) -> [Int] {
        state.withLock { state in state.bound.filter { !target.hasFunction(at: $0) }.sorted() }
    }

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
        let admitted = state.withLock { state in
            guard index >= 0, (state.target ?? state.held)?.hasFunction(at: index) != false else { return false }
            state.bound.insert(index)
            return true
        }
        guard admitted else { throw .noSuchExport(route: label, index: index) }
        return unsafe Binding(route: memory.cell, offset: TargetLayout.slot(index))
    }
}

/// The part of a route that bindings point at: the cell, and behind it the label.
///
/// Never freed.
@safe struct RouteMemory: @unchecked Sendable {
    // SAFETY: for the whole type: the cell is only accessed atomically; the label's words are written before anybody else
    // has the address, and never again.
    let cell: UnsafeMutablePointer<UnsafeMutableRawPointer?>

    init(cell: UnsafeMutablePointer<UnsafeMutableRawPointer?>) { unsafe self.cell = unsafe cell }

    init(label: String) {
        let utf8 = Array(label.utf8)
        // SAFETY: fresh memory. 128: two cache lines, so that neither a neighbour nor its prefetching disturbs callers.
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 128 + utf8.count, alignment: 128)
        unsafe memory.storeBytes(of: utf8.count, toByteOffset: 8, as: Int.self)
        unsafe utf8.withUnsafeBytes {
            unsafe (memory + 128).copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: $0.count)
        }
        unsafe cell = memory.bindMemory(to: UnsafeMutableRawPointer?.self, capacity: 1)
        unsafe cell.initialize(to: nil)
    }

    var label: String {
        let memory = unsafe UnsafeRawPointer(cell)
        let count = unsafe memory.load(fromByteOffset: 8, as: Int.self)
        return unsafe String(decoding: UnsafeRawBufferPointer(start: memory + 128, count: count), as: UTF8.self)
    }

    func exchange(_ target: Target?) { _ = unsafe cpin_publish(cell, target?.base) }
}
