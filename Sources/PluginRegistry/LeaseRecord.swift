internal import Synchronization

/// What a task knows of a lease that it holds: on which target, and whether it still does.
///
/// A child task may know it longer than the lease lasts.
@usableFromInline final class LeaseRecord: Sendable {
    /// The leases that the current task holds, or that a task held which started it, outermost first.
    @TaskLocal static var held: [LeaseRecord] = []

    /// Its address, which is only compared.
    private let target: UInt
    private let isOver = Atomic(false)

    init(_ target: UnsafeMutableRawPointer) { self.target = UInt(bitPattern: target) }

    /// Notes that the lease is about to be given back.
    ///
    /// Sequentially consistent, with `protects`: the proof in `Hold` says what for.
    func end() { isOver.store(true, ordering: .sequentiallyConsistent) }

    /// Whether the lease is on `target`, and not over.
    func protects(_ target: Target) -> Bool {
        unsafe self.target == UInt(bitPattern: target.base) && !isOver.load(ordering: .sequentiallyConsistent)
    }
}
