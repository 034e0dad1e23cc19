extension LoadMap {
    /// Checks the segments that describe parts of what PT_LOAD segments load (gABI chapter 5, "Program Header").
    ///
    /// glibc finds the parts by address; a file offset that says otherwise shows that one of the two is damaged.
    func checkParts(_ segments: [ELFSegment], _ bytes: RawSpan, _ problems: inout ProblemLog) {
        for (index, segment) in segments.enumerated() {
            let flaw: String? =
                switch segment.type {
                case ELFSegment.Kind.interpreter: interpreterFlaw(segment, bytes)
                case ELFSegment.Kind.programHeaders: programHeadersFlaw(segment, bytes)
                case ELFSegment.Kind.threadLocal: threadLocalFlaw(segment)
                case ELFSegment.Kind.readOnlyAfterRelocation: relocationReadOnlyFlaw(segment)
                case ELFSegment.Kind.note, ELFSegment.Kind.property, ELFSegment.Kind.unwindTable:
                    placementFlaw(segment)
                case ELFSegment.Kind.dynamic: dynamicFlaw(segment)
                default: nil
                }
            if let flaw { problems.add(.segments, "segment \(index) (\(Self.name(segment.type)))", flaw) }
        }
        for kind in [
            ELFSegment.Kind.interpreter, ELFSegment.Kind.programHeaders, ELFSegment.Kind.threadLocal,
            ELFSegment.Kind.readOnlyAfterRelocation, ELFSegment.Kind.stack, ELFSegment.Kind.dynamic,
        ] {
            let count = segments.count { $0.type == kind }
            if count > 1 {
                problems.add(.segments, "program header table", "has \(count) of \(Self.name(kind)), 1 is allowed")
            }
        }
    }

    private static func name(_ type: UInt32) -> String {
        switch type {
        case ELFSegment.Kind.dynamic: "PT_DYNAMIC"
        case ELFSegment.Kind.interpreter: "PT_INTERP"
        case ELFSegment.Kind.note: "PT_NOTE"
        case ELFSegment.Kind.programHeaders: "PT_PHDR"
        case ELFSegment.Kind.threadLocal: "PT_TLS"
        case ELFSegment.Kind.unwindTable: "PT_GNU_EH_FRAME"
        case ELFSegment.Kind.stack: "PT_GNU_STACK"
        case ELFSegment.Kind.readOnlyAfterRelocation: "PT_GNU_RELRO"
        case ELFSegment.Kind.property: "PT_GNU_PROPERTY"
        default: "type \(UInt64(type).hex)"
        }
    }

    /// Where the part lies in the file and in memory: both must name the same loaded bytes.
    private func placementFlaw(_ segment: ELFSegment) -> String? {
        guard segment.fileSize > 0 || segment.memorySize > 0 else { return nil }
        guard let range = fileRange(segment.address, max(segment.fileSize, segment.memorySize)) else {
            return "has \(max(segment.fileSize, segment.memorySize)) bytes at address \(segment.address.hex), "
                + "not all loaded from the file"
        }
        guard UInt64(range.lowerBound) == segment.offset else {
            return "lies at byte \(segment.offset), its address is loaded from byte \(range.lowerBound)"
        }
        return nil
    }

    private func dynamicFlaw(_ segment: ELFSegment) -> String? {
        if segment.fileSize == 0 || segment.fileSize % 16 != 0 {
            return "has \(segment.fileSize) bytes, not a multiple of an entry's 16"
        }
        if let flaw = placementFlaw(segment) { return flaw }
        // glibc before 2.35 writes the load address into the table, whatever this segment's own flags say.
        guard holds(segment.address, segment.memorySize, ELFSegment.Permission.write) else {
            return "at address \(segment.address.hex) is not writable"
        }
        return nil
    }

    private func interpreterFlaw(_ segment: ELFSegment, _ bytes: RawSpan) -> String? {
        guard let range = bytes.range(at: segment.offset, count: segment.fileSize) else {
            return "has \(segment.fileSize) bytes from byte \(segment.offset) on, the file has \(bytes.byteCount)"
        }
        return bytes.terminated(range) == nil ? "has no NUL in its \(segment.fileSize) bytes" : nil
    }

    /// The unwinder reads the program headers at PT_PHDR's address, with the ELF header's count.
    private func programHeadersFlaw(_ segment: ELFSegment, _ bytes: RawSpan) -> String? {
        let (offset, size) = (bytes.u64(32), UInt64(bytes.u16(56)) * UInt64(ELFSegment.entrySize))
        if segment.offset != offset { return "lies at byte \(segment.offset), the ELF header says \(offset)" }
        if segment.fileSize < size { return "has \(segment.fileSize) bytes, the table has \(size)" }
        return placementFlaw(segment)
    }

    private func threadLocalFlaw(_ segment: ELFSegment) -> String? {
        if segment.memorySize < segment.fileSize {
            return "has \(segment.memorySize) bytes in memory, fewer than its \(segment.fileSize) in the file"
        }
        if segment.memorySize > ELFLimits.threadLocalBytes {
            return "has \(segment.memorySize) bytes for every thread, the limit is \(ELFLimits.threadLocalBytes)"
        }
        if segment.alignment & (segment.alignment &- 1) != 0 || segment.alignment > ELFLimits.threadLocalAlignment {
            return "has alignment \(segment.alignment), a power of two up to "
                + "\(ELFLimits.threadLocalAlignment) is needed"
        }
        guard segment.fileSize > 0 else { return nil }
        var initialised = segment
        initialised.memorySize = segment.fileSize
        return placementFlaw(initialised)
    }

    /// mprotect(2) makes the range read-only after relocation: it must not reach code, nor beyond the image.
    private func relocationReadOnlyFlaw(_ segment: ELFSegment) -> String? {
        guard segment.memorySize > 0 else { return nil }
        for load in loads where segment.address >= load.address && segment.address - load.address < load.memorySize {
            guard load.flags & ELFSegment.Permission.write != 0 else {
                return "at address \(segment.address.hex) protects a segment that is not writable"
            }
            // Linkers may round the end up to a page; glibc rounds it down again.
            let end = (load.address + load.memorySize + load.alignment - 1) & ~(load.alignment - 1)
            guard segment.memorySize <= end - segment.address else {
                return
                    "has \(segment.memorySize) bytes at address \(segment.address.hex), its segment ends at \(end.hex)"
            }
            if segment.fileSize > 0 && segment.address - load.address < load.fileSize
                && segment.offset != load.offset + (segment.address - load.address)
            {
                return "lies at byte \(segment.offset), its address is loaded from byte "
                    + "\(load.offset + (segment.address - load.address))"
            }
            return nil
        }
        return "at address \(segment.address.hex) lies in no loaded segment"
    }
}
