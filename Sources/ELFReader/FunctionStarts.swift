/// The unwinder's sorted table of functions (`.eh_frame_hdr`; Linux Standard Base, "Exception Frames"): where functions
/// start and how long they are.
///
/// It is there to catch an address that points into the middle of a function. It need not know all functions, and where it
/// cannot be read it knows none: damage to it hurts nobody while an image is loaded.
struct FunctionStarts {
    /// What the table's addresses are relative to.
    private let base: UInt64
    /// Its entries, 8 bytes each, in the file.
    private let entries: Range<Int>

    /// Finds the table in the form that all linkers write: version 1, 4-byte numbers relative to the section, sorted.
    init?(_ segments: [ELFSegment], _ bytes: RawSpan) {
        guard let segment = segments.first(where: { $0.type == ELFSegment.Kind.unwindTable }), segment.fileSize >= 12,
            let range = bytes.range(at: segment.offset, count: segment.fileSize)
        else { return nil }
        // DW_EH_PE_pcrel | sdata4, udata4, datarel | sdata4.
        guard bytes.u32(range.lowerBound) == 0x3b03_1b01 else { return nil }
        let count = Int(bytes.u32(range.lowerBound + 8))
        guard count > 0, count <= (range.count - 12) / 8 else { return nil }
        base = segment.address
        entries = (range.lowerBound + 12)..<(range.lowerBound + 12 + 8 * count)
    }

    /// Whether a function starts at `address`.
    func isStart(_ address: UInt64, _ bytes: RawSpan) -> Bool {
        let place = place(of: address, bytes)
        return place > 0 && start(place - 1, bytes) == address
    }

    /// The start of the function that has `address` in its middle; `nil` where it has none, or nobody knows.
    func functionAround(_ address: UInt64, _ bytes: RawSpan, _ map: LoadMap) -> UInt64? {
        let place = place(of: address, bytes)
        guard place > 0 else { return nil }
        let start = start(place - 1, bytes)
        guard start < address, let size = size(place - 1, startingAt: start, bytes, map) else { return nil }
        return address - start < size ? start : nil
    }

    /// How many entries start at or below the address.
    private func place(of address: UInt64, _ bytes: RawSpan) -> Int {
        var (low, high) = (0, entries.count / 8)
        while low < high {
            let middle = (low + high) / 2
            if start(middle, bytes) <= address { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func start(_ index: Int, _ bytes: RawSpan) -> UInt64 {
        base &+ UInt64(bitPattern: Int64(Int32(bitPattern: bytes.u32(entries.lowerBound + 8 * index))))
    }

    /// The function's bytes by its frame description, which must agree about where it starts.
    private func size(_ index: Int, startingAt start: UInt64, _ bytes: RawSpan, _ map: LoadMap) -> UInt64? {
        let offset = bytes.u32(entries.lowerBound + 8 * index + 4)
        let address = base &+ UInt64(bitPattern: Int64(Int32(bitPattern: offset)))
        guard let description = map.fileRange(address, 16)?.lowerBound else { return nil }
        // Length and CIE pointer, then start (DW_EH_PE_pcrel | sdata4) and size.
        guard 12..<0xffff_fff0 ~= bytes.u32(description), bytes.u32(description + 4) != 0 else { return nil }
        let relative = UInt64(bitPattern: Int64(Int32(bitPattern: bytes.u32(description + 8))))
        guard address &+ 8 &+ relative == start else { return nil }
        return UInt64(bytes.u32(description + 12))
    }
}
