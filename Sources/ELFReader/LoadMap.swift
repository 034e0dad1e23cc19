/// Which bytes of the file dlopen puts at which addresses: the sound PT_LOAD segments in ascending order.
///
/// Every answer about "what glibc will find at this address" comes from here, so a range that it returns lies inside the
/// file, and an address that it accepts is mapped.
struct LoadMap {
    private(set) var loads: [ELFSegment] = []
    /// What the section table says of code and data; `nil` without one.
    private(set) var sections: LoadedSections?
    /// What the unwinder's table says of functions; `nil` without one.
    private var starts: FunctionStarts?

    /// Collects the PT_LOAD segments and checks what mmap(2) and glibc's `_dl_map_segments` take on trust.
    init(_ segments: [ELFSegment], fileSize: UInt64, _ problems: inout ProblemLog) {
        // With those that have no bytes: glibc reserves memory from the first to the last, whatever they hold.
        var sound: [ELFSegment] = []
        for (index, segment) in segments.enumerated() where segment.type == ELFSegment.Kind.load {
            if let flaw = Self.flaw(segment, after: sound.last, fileSize: fileSize) {
                problems.add(.segments, "segment \(index)", flaw)
            } else {
                sound.append(segment)
            }
        }
        loads = sound.filter { $0.memorySize > 0 }
        guard !loads.isEmpty, let first = sound.first, let last = sound.last else {
            if problems.problems.isEmpty { problems.add(.segments, "program header table", "has nothing to load") }
            return
        }
        let span = last.address + last.memorySize - first.address
        if span > ELFLimits.loadedSpan {
            problems.add(.segments, "segments", "span \(span) bytes of memory, the limit is \(ELFLimits.loadedSpan)")
        }
    }

    /// What is wrong with one PT_LOAD segment, as a clause; `nil` where nothing is.
    private static func flaw(_ segment: ELFSegment, after previous: ELFSegment?, fileSize: UInt64) -> String? {
        let (fileEnd, fileOverflow) = segment.offset.addingReportingOverflow(segment.fileSize)
        if fileOverflow || fileEnd > fileSize {
            return fileOverflow
                ? "has \(segment.fileSize) bytes from byte \(segment.offset) on, the file has \(fileSize)"
                : "ends at byte \(fileEnd), the file has \(fileSize)"
        }
        if segment.memorySize < segment.fileSize {
            return "has \(segment.memorySize) bytes in memory, fewer than its \(segment.fileSize) in the file"
        }
        if segment.address.addingReportingOverflow(segment.memorySize).overflow
            || segment.address + segment.memorySize > 1 << 62
        {
            return "has \(segment.memorySize) bytes at address \(segment.address.hex), beyond the address space"
        }
        let alignment = segment.alignment
        guard alignment.nonzeroBitCount == 1, alignment >= pageSize, alignment <= ELFLimits.alignment else {
            return "has alignment \(alignment), a power of two from \(pageSize) to \(ELFLimits.alignment) is needed"
        }
        if segment.offset % alignment != segment.address % alignment {
            return "lies at byte \(segment.offset) and address \(segment.address.hex), "
                + "which differ modulo its alignment \(alignment)"
        }
        if let previous {
            // Both are mapped in whole pages: the second would replace the end of the first.
            let end = (previous.address + previous.memorySize + pageSize - 1) & ~(pageSize - 1)
            if segment.address < (segment.memorySize > 0 ? end : previous.address + previous.memorySize) {
                return "starts at address \(segment.address.hex), the pages of the one before end at \(end.hex)"
            }
        }
        return nil
    }

    /// The smallest page of x86-64 and AArch64.
    static let pageSize: UInt64 = 4096

    /// The file bytes behind `count` bytes at `address`; `nil` where they are not all in one readable segment's part of
    /// the file.
    func fileRange(_ address: UInt64, _ count: UInt64) -> Range<Int>? {
        for load in loads
        where address >= load.address && count <= load.fileSize && address - load.address <= load.fileSize - count {
            guard load.flags & ELFSegment.Permission.read != 0 else { return nil }
            let start = Int(load.offset + (address - load.address))
            return start..<(start + Int(count))
        }
        return nil
    }

    /// How many bytes from `address` to the end of its segment's part of the file; 0 where there are none.
    func fileBytes(from address: UInt64) -> UInt64 {
        for load in loads where address >= load.address && address - load.address < load.fileSize {
            return load.fileSize - (address - load.address)
        }
        return 0
    }

    /// Whether `count` bytes at `address` lie in the memory of one segment that has all of `permissions`.
    @inline(__always)
    func holds(_ address: UInt64, _ count: UInt64, _ permissions: UInt32 = 0) -> Bool {
        for load in loads
        where address >= load.address && count <= load.memorySize && address - load.address <= load.memorySize - count {
            return load.flags & permissions == permissions
        }
        return false
    }

    /// What a section table and the unwinder's table add to the segments.
    mutating func refine(_ sections: LoadedSections?, _ starts: FunctionStarts?) {
        (self.sections, self.starts) = (sections, starts)
    }

    /// Whether code can run at `address`: in a segment and, where sections are known, in one of code.
    func isExecutable(_ address: UInt64) -> Bool {
        guard holds(address, 1, ELFSegment.Permission.execute) else { return false }
        return sections?.holdCode(address) ?? true
    }

    /// Whether `address` is where the start files' `.init` starts, or nobody knows where that is.
    func isStartFilesFunction(_ address: UInt64) -> Bool {
        sections.map { $0.initialiser == address } ?? true
    }

    /// Whether `count` bytes at `address` may be written: in a segment and, where sections are known, in one of data.
    @inline(__always)
    func isWritable(_ address: UInt64, _ count: UInt64) -> Bool {
        guard holds(address, count, ELFSegment.Permission.write) else { return false }
        return sections?.holdWritable(address, count) ?? true
    }

    /// Why no function can be called at `address`, a clause; `nil` where one can.
    func functionFlaw(_ address: UInt64, _ bytes: RawSpan) -> String? {
        guard isExecutable(address) else { return "where no code is loaded" }
        guard let start = starts?.functionAround(address, bytes, self) else { return nil }
        return "in the middle of the function at \(start.hex)"
    }

    /// Whether the unwinder knows a function that starts at `address`, or knows none at all.
    func startsFunction(_ address: UInt64, _ bytes: RawSpan) -> Bool {
        starts?.isStart(address, bytes) ?? isExecutable(address)
    }

    /// Whether the image, from its first loaded byte to the end of its last page, spans `address`.
    @inline(__always)
    func spans(_ address: UInt64) -> Bool {
        guard let first = loads.first, let last = loads.last else { return false }
        return address >= first.address && address <= last.address + last.memorySize + Self.pageSize
    }
}
