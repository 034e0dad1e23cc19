internal import CPin
internal import Synchronization

/// The part of a route that bindings point at: the cell, and behind it the label.
///
/// Never freed.
@safe struct RouteMemory: @unchecked Sendable {
    // SAFETY: for the whole type: the cell and the words of the arms are only accessed atomically; the label's words are
    // written before anybody else has the address, and never again.
    let cell: UnsafeMutablePointer<UnsafeMutableRawPointer?>

    init(cell: UnsafeMutablePointer<UnsafeMutableRawPointer?>) { unsafe self.cell = unsafe cell }

    init(label: String) {
        let utf8 = Array(label.utf8)
        // SAFETY: fresh memory. 128: two cache lines, so that neither a neighbour nor its prefetching disturbs callers.
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 128 + utf8.count, alignment: 128)
        unsafe memory.storeBytes(of: utf8.count, toByteOffset: 8, as: Int.self)
        unsafe (memory + Self.canary).initializeMemory(as: Int.self, to: 0)
        unsafe (memory + Self.share).initializeMemory(as: Int.self, to: 0)
        unsafe utf8.withUnsafeBytes {
            unsafe (memory + 128).copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: $0.count)
        }
        unsafe cell = memory.bindMemory(to: UnsafeMutableRawPointer?.self, capacity: 1)
        unsafe cell.initialize(to: nil)
    }

    // Where the arms' words are, in bytes from the cell. They share its cache line, as they are read together.
    private static var canary: Int { 16 }
    private static var share: Int { 24 }

    /// The address of the canary's cell; 0: there is none.
    private var canary: UnsafeMutablePointer<Atomic<Int>> {
        unsafe (UnsafeMutableRawPointer(cell) + Self.canary).assumingMemoryBound(to: Atomic<Int>.self)
    }

    /// How much of the keys the canary gets, in basis points.
    private var share: UnsafeMutablePointer<Atomic<Int>> {
        unsafe (UnsafeMutableRawPointer(cell) + Self.share).assumingMemoryBound(to: Atomic<Int>.self)
    }

    /// Gives keyed calls a canary, or takes it away.
    ///
    /// A call may see the words of two changes mixed. That is one of the two arms all the same, and both are there for
    /// ever.
    func split(to other: RouteMemory?, share basisPoints: Int) {
        // Releasing, with `arm`: whatever the canary's route is, it was made before.
        unsafe canary.pointee.store(other.map { Int(bitPattern: $0.address) } ?? 0, ordering: .releasing)
        unsafe share.pointee.store(other == nil ? 0 : basisPoints, ordering: .releasing)
    }

    /// The route whose call a key makes: this one, or its canary.
    func arm(for key: ArmKey) -> RouteMemory {
        let basisPoints = unsafe share.pointee.load(ordering: .acquiring)
        guard key.isAmong(basisPoints) else { return self }
        // SAFETY: the address of another route's cell, which is never freed.
        let other = unsafe UnsafeMutablePointer<UnsafeMutableRawPointer?>(
            bitPattern: canary.pointee.load(ordering: .acquiring))
        return unsafe other.map { unsafe RouteMemory(cell: $0) } ?? self
    }

    /// How much of the keys the canary gets, in basis points; 0 without one.
    var canaryShare: Int { unsafe share.pointee.load(ordering: .acquiring) }

    /// What tells the route from all others, for ever.
    var address: UInt { unsafe UInt(bitPattern: cell) }

    /// Whether there is no target now.
    var isEmpty: Bool { unsafe cpin_peek(cell) == nil }

    var label: String {
        let memory = unsafe UnsafeRawPointer(cell)
        let count = unsafe memory.load(fromByteOffset: 8, as: Int.self)
        return unsafe String(decoding: UnsafeRawBufferPointer(start: memory + 128, count: count), as: UTF8.self)
    }

    func exchange(_ target: Target?) { _ = unsafe cpin_publish(cell, target?.base) }
}
