package import ELFReader

/// The room for thread-local variables that every thread has from its start, and that images with DF_STATIC_TLS must fit
/// into (glibc: dl_tls_static_size; 1,664 bytes are kept for images that come later).
public struct StaticThreadLocals: Sendable, Codable, Equatable {
    /// Bytes for all images, those that the process started with included.
    public var total: Int
    /// Bytes taken now.
    public var used: Int
    /// The largest alignment that an image's variables may have there, in bytes: it was fixed when the process started; `nil`
    /// where nobody could tell.
    public var alignment: Int?

    /// Creates a budget.
    public init(total: Int, used: Int, alignment: Int? = nil) {
        self.total = total
        self.used = used
        self.alignment = alignment
    }

    /// Bytes left, never negative.
    public var free: Int { max(0, total - used) }

    /// Takes room for one image, as glibc's `_dl_try_allocate_static_tls` does below the thread pointer; whether there was
    /// enough.
    package mutating func take(_ block: Block) -> Bool {
        let need = block.size + block.firstByte
        guard block.alignment > 0, block.alignment <= alignment ?? .max, free >= need else { return false }
        used += free - (free - need) / block.alignment * block.alignment - block.firstByte
        return true
    }

    /// One image's thread-local variables, in bytes.
    package struct Block: Sendable, Equatable {
        package var size: Int
        package var alignment: Int
        /// Where they start within the alignment.
        package var firstByte: Int
    }
}

extension ELFImage {
    /// What the image takes of the static room; `nil` where it takes none.
    package var staticThreadLocals: StaticThreadLocals.Block? {
        guard let dynamic, dynamic.needsStaticThreadLocals, let segment = threadLocals, segment.memorySize > 0,
            let size = Int(exactly: segment.memorySize), size <= ELFLimits.threadLocalBytes
        else { return nil }
        let alignment = min(max(segment.alignment, 1), 1 << 30)
        return .init(
            size: size, alignment: Int(alignment), firstByte: Int(segment.address % alignment))
    }
}
