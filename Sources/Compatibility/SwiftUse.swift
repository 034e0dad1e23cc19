import ELFReader

/// One way in which an image shows that it uses the Swift runtime.
enum SwiftUse: Equatable {
    /// DT_NEEDED names a library of the Swift toolchain.
    case library(String)
    /// Undefined symbols of the runtime or of Swift modules; the first, and how many.
    case imports(first: String, count: Int)
    /// Metadata that the runtime of the process, or one linked into the image, has registered once it is loaded.
    case metadata(section: String, count: Int)

    /// Why the image must stay in memory, a clause.
    var reason: String {
        switch self {
        case .library(let name): "needs \(name) of the Swift runtime"
        case .imports(let first, let count):
            "imports \(first)\(count > 1 ? " and \(count - 1) more" : "") of the Swift runtime"
        case .metadata(let section, let count):
            "holds Swift metadata (\(section)\(count > 1 ? " and \(count - 1) more sections" : "")), which the runtime "
                + "never forgets"
        }
    }
}

extension ELFImage {
    /// Whether `name` is the Swift runtime or a library of Swift code that comes with it.
    static func isSwiftLibrary(_ name: String) -> Bool {
        libraryPrefixes.contains { name.hasPrefix($0) }
    }

    private static let libraryPrefixes = ["libswift", "libFoundation", "lib_Foundation"]
    /// Whether a symbol of this name is the Swift runtime's or a Swift module's.
    private static func isSwiftSymbol(_ name: String) -> Bool {
        switch name.utf8.first {
        case UInt8(ascii: "$"): name.hasPrefix("$s") || name.hasPrefix("$S")
        case UInt8(ascii: "s"): name.hasPrefix("swift_")
        default: false
        }
    }

    /// All signs of Swift, empty for C and Embedded Swift; without a section table, all that the rest shows.
    var swiftUses: [SwiftUse] {
        var uses = (dynamic?.needed ?? []).filter(Self.isSwiftLibrary).map(SwiftUse.library)
        var (first, count) = (nil as String?, 0)
        for index in symbols.indices
        where symbols[index].sectionIndex == 0 && Self.isSwiftSymbol(symbols[index].name) {
            first = first ?? symbols[index].name
            count += 1
        }
        if let first { uses.append(.imports(first: first, count: count)) }
        if case .known(_, let swiftSections) = sections, let first = swiftSections.first {
            uses.append(.metadata(section: first, count: swiftSections.count))
        }
        return uses
    }
}

extension ImageIndex {
    /// Whether the image shares the process's Swift runtime, as opposed to having none or a copy of its own.
    var needsSwiftRuntime: Bool {
        swiftUses.contains { if case .metadata = $0 { false } else { true } }
    }
}
