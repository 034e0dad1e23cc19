/// Something in the file that contradicts the format or leaves its bounds.
package struct ELFProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The part of the file that it is about: one gate judges each.
    package var part: Part
    /// The table or field, `DT_STRTAB` or `segment 3` for one.
    package var place: String
    /// A clause with the numbers: "ends at byte 70000, the file has 4096".
    package var detail: String
    package var description: String { "\(place) \(detail)" }

    /// The parts of a file in the order in which they are read: each relies on those before it.
    package enum Part: String, Sendable, CaseIterable {
        /// The ELF header.
        case structure
        /// The program header table, and where its segments lie in the file and in memory.
        case segments
        /// Notes in PT_NOTE segments.
        case notes
        /// The dynamic section, and the names that it leads to.
        case dynamic
        /// DT_GNU_HASH and DT_HASH.
        case hash
        /// DT_SYMTAB.
        case symbols
        /// DT_VERSYM, DT_VERNEED and DT_VERDEF.
        case versions
        /// DT_RELA, DT_JMPREL and DT_RELR.
        case relocations
        /// DT_INIT, DT_FINI and their arrays, and the unwinder's table of functions.
        case functions
        /// The section header table.
        case sections
    }

    package init(_ part: Part = .structure, place: String, detail: String) {
        self.part = part
        self.place = place
        self.detail = detail
    }
}
