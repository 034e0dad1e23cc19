/// What the image's GNU property note asks of a processor (NT_GNU_PROPERTY_TYPE_0; the machines' psABI supplements,
/// "Program Property").
///
/// The numbers are raw, because their meaning is the machine's: `requirement(of:)` is the one place that knows which
/// property says which instructions an image needs, and what its bits are called.
package struct GNUProperties: Sendable, Equatable {
    /// One property with a 4-byte value.
    package struct Word: Sendable, Equatable {
        /// pr_type.
        package var type: UInt32
        package var value: UInt32

        package init(type: UInt32, value: UInt32) {
            self.type = type
            self.value = value
        }
    }

    /// In file order.
    package private(set) var words: [Word] = []

    package init(words: [Word] = []) { self.words = words }

    /// Words of one property of all notes together: an image needs what any of its objects needs.
    private func bits(of type: UInt32) -> UInt32 {
        words.reduce(0) { $1.type == type ? $0 | $1.value : $0 }
    }
}

extension GNUProperties {
    /// Instructions beyond what every processor of the machine has.
    package enum Requirement: Sendable, Equatable {
        /// The note says nothing, or the machine has no property for it.
        case none
        /// The x86-64 micro-architecture level, 1 to 4.
        case x86Level(Int)
        /// Bits that no known level has.
        case unknown(bits: UInt32)
    }

    /// What the image needs of a processor of the machine with this e_machine.
    package func requirement(of machine: UInt16) -> Requirement {
        // AArch64 has no such property: its images test at run time, and GNU_PROPERTY_AARCH64_FEATURE_1_AND (below) only
        // says what they can live with.
        guard machine == 62 else { return .none }
        // GNU_PROPERTY_X86_ISA_1_NEEDED: baseline, v2, v3, v4.
        let bits = bits(of: 0xc000_8002)
        if bits == 0 { return .none }
        return bits >> 4 != 0 ? .unknown(bits: bits) : .x86Level(32 - bits.leadingZeroBitCount)
    }

    /// Protections of the machine's processors that all objects of the image were built for; they ask nothing.
    package func protections(of machine: UInt16) -> [String] {
        let (bits, names) =
            switch machine {
            case 62: (bits(of: 0xc000_0002), ["IBT", "SHSTK"])  // GNU_PROPERTY_X86_FEATURE_1_AND
            case 183: (bits(of: 0xc000_0000), ["BTI", "PAC", "GCS"])  // GNU_PROPERTY_AARCH64_FEATURE_1_AND
            default: (UInt32(0), [String]())
            }
        return names.enumerated().filter { bits & 1 << UInt32($0.offset) != 0 }.map(\.element)
    }
}

extension GNUProperties {
    /// n_type of property notes of owner `GNU`.
    private static let noteType: UInt32 = 5

    /// Reads the property notes among an image's notes.
    ///
    /// glibc passes over a note whose properties do not fit it, and so over what the image needs: here it is a problem.
    init(_ notes: [ELFNote], _ problems: inout ProblemLog) {
        for (index, note) in notes.enumerated() where note.type == Self.noteType && note.owner == "GNU" {
            // SAFETY: `bytes` of a span of UInt8 reads what the span holds; the note outlives the call.
            read(unsafe note.descriptor.span.bytes, note: index, &problems)
        }
    }

    private mutating func read(_ bytes: RawSpan, note: Int, _ problems: inout ProblemLog) {
        var offset = 0
        while offset + 8 <= bytes.byteCount {
            let (type, size) = (bytes.u32(offset), Int(bytes.u32(offset + 4)))
            guard size <= bytes.byteCount - offset - 8 else {
                return problems.add(
                    .notes, "note \(note)",
                    "has a property of \(size) bytes at byte \(offset), the note has \(bytes.byteCount)")
            }
            if size == 4 { words.append(Word(type: type, value: bytes.u32(offset + 8))) }
            offset += 8 + ((size + 7) & ~7)
        }
    }
}
