import Compatibility
import ELFReader
import PluginHost

/// What `inspect` shows; its keys are a contract, and each is always there, `null` where the file has no such thing.
struct InspectReport {
    var file: String
    var fileClass: String
    var machine: String
    var type: String
    var soname: String?
    var needed: [String]
    var runpath: String?
    var buildID: String?
    var versionNeeds: [Need]
    var exports: [String]
    var imports: [String]
    var notes: [Note]
    var segments: [Segment]
    var tls: TLS?
    var flags: [String]
    var swift: SwiftFacts
    var unloadClass: UnloadClass
    var unloadReasons: [String]
    var manifest: ManifestReading
    /// "note", or the path of the sidecar; `nil` without a manifest.
    var manifestSource: String?
    /// What contradicts the format; for people, `check --json` has it as a finding.
    var problems: [String]

    /// What one library must offer.
    struct Need: Encodable {
        var library: String
        var versions: [String]
    }

    struct Note: Encodable {
        var owner: String
        var type: UInt32
        /// Of the descriptor, in bytes.
        var size: Int
    }

    /// A program header; addresses and sizes in bytes.
    struct Segment: Encodable {
        var type: String
        var flags: String
        var offset: UInt64
        var address: UInt64
        var fileSize: UInt64
        var memorySize: UInt64
        var alignment: UInt64
    }

    /// The thread-local storage that each thread gets.
    struct TLS: Encodable {
        var memorySize: UInt64
        var alignment: UInt64
    }

    struct SwiftFacts: Encodable {
        var usesRuntime: Bool
        var libraries: [String]
        var sections: [String]
    }
}

extension InspectReport {
    init(file: String, _ facts: PluginFile.Facts) {
        let image = facts.image
        self.file = file
        fileClass = [1: "ELF32", 2: "ELF64"][image.header.fileClass] ?? "class \(image.header.fileClass)"
        machine = machineName(image.header.machine)
        type = [1: "REL", 2: "EXEC", 3: "DYN", 4: "CORE"][image.header.type] ?? "type \(image.header.type)"
        soname = image.dynamic?.soname
        needed = image.dynamic?.needed ?? []
        runpath = image.dynamic?.runpath
        // NT_GNU_BUILD_ID of owner GNU (elf.h).
        buildID = image.notes.first { $0.owner == "GNU" && $0.type == 3 }.map { Self.hex($0.descriptor) }
        versionNeeds = image.versionNeeds.map { Need(library: $0.library, versions: $0.versions) }
        exports = Self.names(image.symbols.filter { $0.isDefined && [0, 3].contains($0.visibility) })
        imports = Self.names(image.symbols.filter { !$0.isDefined })
        notes = image.notes.map { Note(owner: $0.owner, type: $0.type, size: $0.descriptor.count) }
        segments = image.segments.map(Segment.init)
        // PT_TLS.
        tls = image.segments.first { $0.type == 7 }.map { TLS(memorySize: $0.memorySize, alignment: $0.alignment) }
        flags = image.dynamic.map(DynamicFlags.names) ?? []
        swift = SwiftFacts(image)
        unloadClass = facts.unloadClass
        unloadReasons = facts.unloadReasons
        manifest = facts.manifest
        manifestSource =
            switch (facts.manifest, facts.manifestSource) {
            case (.absent, _): nil
            case (_, .note): "note"
            case (_, .sidecar(let file)): file.path
            }
        problems = image.kind.hasTablesToLoad ? image.problems.map(\.description) : []
    }

    /// Global, weak and unique symbols, each once.
    private static func names(_ symbols: [DynamicSymbol]) -> [String] {
        Set(symbols.filter { [1, 2, 10].contains($0.binding) && !$0.name.isEmpty }.map(\.name)).sorted()
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension InspectReport: Encodable {
    private enum Keys: String, CodingKey {
        case file, machine, type, soname, needed, runpath, buildID, versionNeeds, exports, imports, notes, segments, tls
        case flags, swift, unloadClass, unloadReasons, manifest, manifestSource
        case fileClass = "class"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(file, forKey: .file)
        try container.encode(fileClass, forKey: .fileClass)
        try container.encode(machine, forKey: .machine)
        try container.encode(type, forKey: .type)
        try container.encode(soname, forKey: .soname)
        try container.encode(needed, forKey: .needed)
        try container.encode(runpath, forKey: .runpath)
        try container.encode(buildID, forKey: .buildID)
        try container.encode(versionNeeds, forKey: .versionNeeds)
        try container.encode(exports, forKey: .exports)
        try container.encode(imports, forKey: .imports)
        try container.encode(notes, forKey: .notes)
        try container.encode(segments, forKey: .segments)
        try container.encode(tls, forKey: .tls)
        try container.encode(flags, forKey: .flags)
        try container.encode(swift, forKey: .swift)
        try container.encode(unloadClass, forKey: .unloadClass)
        try container.encode(unloadReasons, forKey: .unloadReasons)
        try container.encode(manifestSource, forKey: .manifestSource)
        switch manifest {
        case .absent: try container.encodeNil(forKey: .manifest)
        case .found(let manifest): try container.encode(manifest, forKey: .manifest)
        case .malformed(let error): try container.encode(["error": printable("\(error)")], forKey: .manifest)
        case .ambiguous(let count):
            try container.encode(["error": "\(count) manifest notes, one is allowed"], forKey: .manifest)
        case .doubled(let sidecar):
            try container.encode(
                ["error": "a manifest note and \(printable(sidecar)), one is allowed"], forKey: .manifest)
        }
    }
}

extension InspectReport.Segment {
    init(_ segment: ELFSegment) {
        // elf.h, "Legal values for p_type".
        let names: [UInt32: String] = [
            0: "NULL", 1: "LOAD", 2: "DYNAMIC", 3: "INTERP", 4: "NOTE", 6: "PHDR", 7: "TLS",
            0x6474_e550: "GNU_EH_FRAME",
            0x6474_e551: "GNU_STACK", 0x6474_e552: "GNU_RELRO", 0x6474_e553: "GNU_PROPERTY",
        ]
        type = names[segment.type] ?? "0x" + String(segment.type, radix: 16)
        flags = [(4, "R"), (2, "W"), (1, "E")].filter { segment.flags & $0.0 != 0 }.map(\.1).joined()
        offset = segment.offset
        address = segment.address
        fileSize = segment.fileSize
        memorySize = segment.memorySize
        alignment = segment.alignment
    }
}

extension InspectReport.SwiftFacts {
    init(_ image: ELFImage) {
        libraries = (image.dynamic?.needed ?? []).filter { $0.hasPrefix("libswift") }
        if case .known(_, let swiftSections) = image.sections { sections = swiftSections } else { sections = [] }
        usesRuntime =
            !libraries.isEmpty || !sections.isEmpty
            || image.symbols.contains { !$0.isDefined && $0.name.hasPrefix("swift_") }
    }
}

/// The names of DT_FLAGS and DT_FLAGS_1 bits (elf.h).
enum DynamicFlags {
    static func names(_ dynamic: DynamicTable) -> [String] {
        let flags: [(UInt64, String)] = [
            (0x1, "ORIGIN"), (0x2, "SYMBOLIC"), (0x4, "TEXTREL"), (0x8, "BIND_NOW"), (0x10, "STATIC_TLS"),
        ]
        let flags1: [(UInt64, String)] = [
            (0x1, "NOW"), (0x2, "GLOBAL"), (0x4, "GROUP"), (0x8, "NODELETE"), (0x10, "LOADFLTR"), (0x20, "INITFIRST"),
            (0x40, "NOOPEN"), (0x80, "ORIGIN_1"), (0x400, "INTERPOSE"), (0x800, "NODEFLIB"), (0x800_0000, "PIE"),
        ]
        var names = flags.filter { dynamic.flags & $0.0 != 0 }.map(\.1)
        names += flags1.filter { dynamic.flags1 & $0.0 != 0 }.map(\.1)
        if dynamic.hasTextRelocations && !names.contains("TEXTREL") { names.append("TEXTREL") }
        return names
    }
}
