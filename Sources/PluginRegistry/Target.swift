internal import CPin
internal import Synchronization

/// Where the words of a target are, in bytes from its beginning.
@usableFromInline enum TargetLayout {
    @usableFromInline static var instance: Int { 0 }
    @usableFromInline static var context: Int { 8 }
    @usableFromInline static var generation: Int { 16 }
    @usableFromInline static var count: Int { 24 }
    /// The first function slot; the others follow, a word each.
    @usableFromInline static var functions: Int { 32 }

    @usableFromInline static func slot(_ index: Int) -> Int { functions + index * MemoryLayout<Int>.size }
}

/// One publication on one route: instance and function table in plain memory, which callers read without any count.
///
/// The memory is freed with this owner, provided that the target was never published, or has been drained since. A target
/// that was published and not drained leaves its memory behind when the owner goes: a caller may still be inside.
@safe package final class Target: Sendable {
    private enum Phase: UInt8, AtomicRepresentable { case fresh, published, drained }

    /// How many targets' memory exists in this process: for the tests that count to zero.
    package static var liveCount: Int { live.load(ordering: .relaxed) }
    // Relaxed: a count, which publishes nothing.
    private static let live = Atomic<Int>(0)

    /// The generation that this target belongs to.
    package let generation: Int
    /// How many function slots there are, empty ones included.
    package let count: Int
    /// Whose numbering of exports the slots follow: the plugin of the routes that lead here, whichever plugin stands in there.
    package let numbering: String
    // SAFETY: written in `init` only; afterwards only read, by anyone, until `deinit`.
    nonisolated(unsafe) let base: UnsafeMutableRawPointer
    private let phase = Atomic<Phase>(.fresh)

    /// Makes a target that nobody sees yet.
    ///
    /// - Parameters:
    ///   - functions: by export index; `nil` where this version does not have the export.
    ///   - instance: what the plugin's `swb_start` made. Lent: must live until the target is drained.
    ///   - context: the host's own, handed to message calls. Lent in the same way.
    ///   - numbering: the plugin whose `ExportIndex` ordered the functions.
    package init(
        functions: [UnsafeMutableRawPointer?], instance: UnsafeMutableRawPointer?, context: UnsafeMutableRawPointer?,
        generation: Int, numbering: String
    ) {
        self.generation = generation
        self.numbering = numbering
        count = unsafe functions.count
        // SAFETY: fresh memory, large enough for every word written here.
        unsafe base = TargetMemory.allocate(byteCount: TargetLayout.slot(count))
        unsafe base.storeBytes(of: instance, toByteOffset: TargetLayout.instance, as: UnsafeMutableRawPointer?.self)
        unsafe base.storeBytes(of: context, toByteOffset: TargetLayout.context, as: UnsafeMutableRawPointer?.self)
        unsafe base.storeBytes(of: generation, toByteOffset: TargetLayout.generation, as: Int.self)
        unsafe base.storeBytes(of: count, toByteOffset: TargetLayout.count, as: Int.self)
        for unsafe(index, address) in unsafe functions.enumerated() {
            unsafe base.storeBytes(
                of: address, toByteOffset: TargetLayout.slot(index), as: UnsafeMutableRawPointer?.self)
        }
        Self.live.add(1, ordering: .relaxed)
    }

    deinit {
        // Acquiring, with `markDrained`: every call is over.
        guard phase.load(ordering: .acquiring) != .published else { return }
        // SAFETY: no thread can reach the memory: it was never on a route, or no cell names it and no route will again.
        unsafe TargetMemory.free(base, byteCount: TargetLayout.slot(count))
        Self.live.subtract(1, ordering: .relaxed)
    }

    /// Whether there is a function at this export index.
    package func hasFunction(at index: Int) -> Bool {
        guard (0..<count).contains(index) else { return false }
        // SAFETY: within the memory written by `init`.
        return unsafe base.load(fromByteOffset: TargetLayout.slot(index), as: UnsafeMutableRawPointer?.self) != nil
    }

    /// The first address past the target: a cell that lies below it and not below `base` is a call that is inside.
    var end: UnsafeMutableRawPointer { unsafe base + TargetLayout.slot(count) }

    /// Notes that the target is about to be published.
    ///
    /// Traps on a second time: the proof in cpin.h needs it to be the only.
    func markPublished() {
        let (first, _) = phase.compareExchange(expected: .fresh, desired: .published, ordering: .relaxed)
        precondition(first, "a target is published only once; going back to an old version makes a new target")
    }

    /// Notes that no call is inside and none will be.
    ///
    /// Releasing, with `deinit`: the scan that found this out comes first.
    func markDrained() { phase.store(.drained, ordering: .releasing) }
}
