/// What an image's Swift metadata says of what a whole process shares by name.
///
/// The runtime knows C structs by their C names alone: of two that Swift code in one process imports under one name, all
/// code gets the layout of the first. And `_typeByName` finds a name's first owner. Only types that the compiler left a
/// record of can clash, and those are here, in stripped files, too.
package struct SwiftFacts: Sendable, Equatable {
    /// C structs, unions and enumerations that Swift code of the image imports, by their C names: the tag, or
    /// "typedef Name" for one without.
    package var structs: [String: Layout]
    /// The names of the Swift modules with a type in the image.
    package var modules: Set<String>

    /// How Swift code lays a C struct out, in bytes.
    package struct Layout: Sendable, Hashable, Codable, CustomStringConvertible {
        package var size: Int
        package var alignment: Int
        package var stride: Int

        package init(size: Int, alignment: Int, stride: Int) {
            self.size = size
            self.alignment = alignment
            self.stride = stride
        }

        package var description: String { "\(size) bytes (alignment \(alignment), stride \(stride))" }
    }

    package init(structs: [String: Layout] = [:], modules: Set<String> = []) {
        self.structs = structs
        self.modules = modules
    }

    /// Reads what is loaded: the same sections in memory, where the runtime has them from.
    ///
    /// Never traps on any content; what makes no sense is left out.
    ///
    /// - Parameters:
    ///   - memory: from the image's first loaded byte on; only bytes inside `segments` are touched.
    ///   - segments: its PT_LOAD segments, whose file offsets are counted from that byte.
    ///   - types: where `swift5_type_metadata` lies, in the segments' addresses.
    ///   - structs: where `swift5_builtin` lies.
    package init(loaded memory: RawSpan, segments: [ELFSegment], types: Range<UInt64>, structs: Range<UInt64>) {
        var problems = ProblemLog()
        let map = LoadMap(segments, fileSize: UInt64(memory.byteCount), &problems)
        self = SwiftSections(types: [types], structs: [structs]).read(memory, map)
    }
}
