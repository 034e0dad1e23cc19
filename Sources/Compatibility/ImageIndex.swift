package import ELFReader

/// What several gates ask of an image's symbols, found once: a library may have tens of thousands of them, and each set
/// of their names costs more than reading the file.
package struct ImageIndex: Sendable {
    /// The exports that the manifest declares and dlsym does not find, in the manifest's order.
    private(set) var missing: [String] = []
    /// The first names, in their order, of functions that dlsym finds and that nobody declares; how many entries there are.
    ///
    /// Weak ones with C++ names are not among them: templates and inline functions of a library that the plugin uses
    /// have that library's visibility, whatever the plugin is compiled with.
    private(set) var surplus: (names: [String], count: Int) = ([], 0)
    /// How many of those weak ones there are.
    private(set) var sharedInlines = 0
    /// The image's signs of Swift.
    let swiftUses: [SwiftUse]
    /// Imports that can leave something behind.
    let lastingImports: [LastingImport]
    /// The unique symbols (STB_GNU_UNIQUE): the first, and how many.
    private(set) var unique: (first: String, count: Int)?
    /// The first indirect function that the image defines (STT_GNU_IFUNC).
    private(set) var indirectFunction: String?
    /// Imports that make glibc keep the image while destructors of thread-local variables are pending, sorted.
    private(set) var delayingImports: [String] = []
    /// The sanitizers whose runtime it imports, by their numbers in `sanitizerPrefixes`, ascending.
    private(set) var sanitizers: [Int] = []

    /// How many surplus names are kept.
    static let surplusNames = 8

    /// What names of sanitizers' runtime functions start with.
    static let sanitizerPrefixes: [(name: String, prefix: String)] = [
        ("address", "__asan_"), ("hwaddress", "__hwasan_"), ("thread", "__tsan_"),
        ("memory", "__msan_"),
        ("undefined", "__ubsan_"), ("dataflow", "__dfsan_"), ("realtime", "__rtsan_"),
        ("type", "__tysan_"),
    ]

    /// Functions that no manifest declares: the lifecycle's, and what linkers and start files export on their own.
    private static let undeclared = PluginManifest.lifecycleSymbols.union([
        "__bss_start", "_edata", "_end", "_init", "_fini",
    ])

    /// Looks through an image's symbols; without a manifest nothing is declared.
    ///
    /// Cost: a few passes, and one look-up in a table for each symbol.
    package init(_ image: ELFImage, _ manifest: PluginManifest?) {
        swiftUses = image.swiftUses
        lastingImports = LastingImport.all(of: image)
        var exports = DeclaredExports(manifest?.exports ?? [])
        let symbols = image.symbols
        // By index: a copy of each symbol would count references to its name.
        for index in symbols.indices {
            if symbols[index].sectionIndex == 0 {
                noteImport(symbols[index].name, symbols[index].binding)
            } else {
                noteDefinition(symbols[index])
            }
            if image.obstacle(ofSymbol: index) == nil, !exports.find(symbols[index].name) {
                noteSurplus(symbols[index])
            }
        }
        missing = exports.missing
    }

    private mutating func noteImport(_ name: String, _ binding: UInt8) {
        if Self.isDelaying(name) && !delayingImports.contains(name) {
            delayingImports.append(name)
            delayingImports.sort()
        }
        if let number = Self.sanitizer(named: name, binding), !sanitizers.contains(number) {
            sanitizers.append(number)
            sanitizers.sort()
        }
    }

    /// The sanitizer whose runtime an import is of.
    private static func sanitizer(named name: String, _ binding: UInt8) -> Int? {
        // A weak import is a question whether the sanitizer is there, not a need.
        guard binding != 2, name.utf8.first == UInt8(ascii: "_"), name.hasPrefix("__") else { return nil }
        return sanitizerPrefixes.firstIndex { name.hasPrefix($0.prefix) }
    }

    /// The sanitizers whose runtime an image imports, ascending, without the rest of an index.
    static func sanitizers(of image: ELFImage) -> [Int] {
        let symbols = image.symbols
        return Set(
            symbols.indices.lazy.filter { symbols[$0].sectionIndex == 0 }
                .compactMap { sanitizer(named: symbols[$0].name, symbols[$0].binding) }
        ).sorted()
    }

    /// C++ and Rust.
    static func isDelaying(_ name: String) -> Bool {
        name == "__cxa_thread_atexit" || name == "__cxa_thread_atexit_impl"
    }

    private mutating func noteDefinition(_ symbol: DynamicSymbol) {
        if symbol.binding == 10 { unique = (unique?.first ?? symbol.name, (unique?.count ?? 0) + 1) }
        if symbol.type == 10 && indirectFunction == nil { indirectFunction = symbol.name }
    }

    private mutating func noteSurplus(_ symbol: DynamicSymbol) {
        if symbol.binding == 2 && symbol.name.hasPrefix("_Z") {
            sharedInlines += 1
        } else if !Self.undeclared.contains(symbol.name) {
            surplus.count += 1
            keep(symbol.name)
        }
    }

    /// Keeps the name where it is among the first, each once: symbol versions repeat names.
    private mutating func keep(_ name: String) {
        if surplus.names.count == Self.surplusNames, let last = surplus.names.last, last <= name {
            return
        }
        let place = surplus.names.firstIndex { name <= $0 } ?? surplus.names.count
        if place < surplus.names.count && surplus.names[place] == name {
            surplus.count -= 1
            return
        }
        surplus.names.insert(name, at: place)
        if surplus.names.count > Self.surplusNames { surplus.names.removeLast() }
    }
}

/// Which of the manifest's exports were found.
private struct DeclaredExports {
    private let exports: [PluginManifest.Export]
    private var isFound: [Bool]
    /// The place of each in the manifest's order, by symbol.
    private var places: [String: Int]

    init(_ exports: [PluginManifest.Export]) {
        self.exports = exports
        isFound = Array(repeating: false, count: exports.count)
        places = Dictionary(minimumCapacity: exports.count)
        for (place, export) in exports.enumerated() { places[export.symbol] = place }
    }

    /// Marks the export of this name as found; `false` where there is none.
    mutating func find(_ name: String) -> Bool {
        guard let place = places[name] else { return false }
        isFound[place] = true
        return true
    }

    var missing: [String] { zip(exports, isFound).lazy.filter { !$0.1 }.map(\.0.symbol) }
}

extension Candidate {
    /// What several gates ask of its symbols; `nil` where the file could not be read.
    ///
    /// Found anew by each who asks, unless `indexed` made the candidate.
    var index: ImageIndex? {
        if let knownIndex { return knownIndex }
        guard case .success(let image) = image else { return nil }
        return ImageIndex(image, foundManifest)
    }

    /// The same candidate with its index at hand.
    var indexed: Candidate {
        var candidate = self
        candidate.knownIndex = index
        return candidate
    }
}
