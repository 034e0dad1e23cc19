/// One ELF note (Elf64_Nhdr and what follows it).
package struct ELFNote: Sendable, Equatable {
    /// The owner's name without its NUL.
    package var owner: String
    /// n_type, whose meaning is the owner's.
    package var type: UInt32
    /// The descriptor's n_descsz bytes.
    package var descriptor: [UInt8]

    package init(owner: String, type: UInt32, descriptor: [UInt8]) {
        self.owner = owner
        self.type = type
        self.descriptor = descriptor
    }
}

extension ELFNote {
    /// n_type of the build-id among the notes of owner `GNU`.
    static let buildIDType: UInt32 = 3

    /// Bytes of an Elf64_Nhdr.
    private static let headerSize: UInt64 = 12

    /// Reads the notes of all PT_NOTE segments (gABI chapter 5, "Note Section").
    ///
    /// Owner and descriptor are each padded to the segment's alignment: to 8 where p_align says 8, to 4 otherwise (what
    /// glibc and binutils do, although the gABI asks for 8 in every 64-bit file).
    static func readAll(_ segments: [ELFSegment], _ bytes: RawSpan, _ problems: inout ProblemLog) -> [ELFNote] {
        var notes: [ELFNote] = []
        var descriptorBytes = 0
        for (index, segment) in segments.enumerated() where segment.type == ELFSegment.Kind.note {
            guard let range = bytes.range(at: segment.offset, count: segment.fileSize) else {
                problems.add(
                    .notes, "segment \(index) (PT_NOTE)",
                    "has \(segment.fileSize) bytes from byte \(segment.offset) on, the file has \(bytes.byteCount)")
                continue
            }
            let padding: UInt64 = segment.alignment == 8 ? 8 : 4
            var offset: UInt64 = 0  // relative to the segment: no sum below can overflow, sizes are 32-bit
            while offset + headerSize <= segment.fileSize {
                let start = range.lowerBound + Int(offset)
                let (ownerSize, descriptorSize) = (UInt64(bytes.u32(start)), UInt64(bytes.u32(start + 4)))
                let descriptor = padded(offset + headerSize + ownerSize, to: padding)
                guard descriptor + descriptorSize <= segment.fileSize else {
                    problems.add(
                        .notes, "note \(notes.count)",
                        "ends at byte \(descriptor + descriptorSize) of its segment, which has \(segment.fileSize)")
                    break
                }
                descriptorBytes += Int(descriptorSize)
                guard notes.count < ELFLimits.notes, descriptorBytes <= ELFLimits.noteBytes else {
                    problems.add(
                        .notes, "notes",
                        "are more than \(ELFLimits.notes), or have more than \(ELFLimits.noteBytes) bytes: the limits")
                    return notes
                }
                notes.append(
                    ELFNote(
                        owner: owner(bytes, at: start + Int(headerSize), size: min(Int(ownerSize), 256)),
                        type: bytes.u32(start + 8),
                        descriptor: bytes.copy(
                            range.lowerBound + Int(descriptor)..<range.lowerBound + Int(descriptor + descriptorSize))))
                offset = padded(descriptor + descriptorSize, to: padding)
            }
        }
        return notes
    }

    private static func padded(_ offset: UInt64, to alignment: UInt64) -> UInt64 {
        (offset + alignment - 1) & ~(alignment - 1)
    }

    private static func owner(_ bytes: RawSpan, at offset: Int, size: Int) -> String {
        let range = offset..<(offset + size)
        return bytes.text(bytes.terminated(range) ?? range)
    }
}
