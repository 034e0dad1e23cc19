import ELFReader

extension ClosureFacts {
    /// Looks every symbol up that relocating the image, and what comes with it, will look up.
    ///
    /// In the dynamic linker's scopes: every object of the process first, then the closure, breadth first
    /// (`_dl_lookup_symbol_x`). Costs one question per name and version; only names that the process does not have as a
    /// whole are asked for in single libraries.
    mutating func resolve(_ image: ELFImage, _ view: some LinkerView) {
        guard cutShort == nil, !libraries.contains(where: { if case .missing = $0.outcome { true } else { false } })
        else { return }
        let members = [("plugin", image)] + comingAlong.map { ($0.library.name, $0.image) }
        var resolution = SymbolResolution(
            view: view, own: OwnSymbols(members.map(\.1)),
            loaded: libraries.compactMap { if case .loaded(let library, _) = $0.outcome { library } else { nil } })
        let offered = OfferedVersions(comingAlong.map { ($0.library.name, $0.image) })
        for (name, member) in members {
            resolution.checkVersions(of: name, member, offered)
            resolution.check(name, member)
        }
        resolution.findInterposed(image)
        symbols = resolution.facts
    }
}

/// What the members of a closure define for one another, by name.
private struct OwnSymbols {
    private var offers: [String: [Offer]] = [:]

    private struct Offer {
        /// `nil` where the image gives no versions, "" where this symbol has none.
        var version: String?
        /// Whether a reference without a version passes it over: not the default one, and none of the first.
        var isHidden: Bool
    }

    init(_ images: [ELFImage]) {
        // An image alone needs nothing of itself.
        guard images.count > 1 else { return }
        for image in images {
            let versions = image.symbolVersions
            let hasDefinitions = versions.hasDefinitions  // goes through all of them
            for (index, symbol) in image.symbols.enumerated() where symbol.isOffered {
                let isHidden = versions.hidesSymbol(index) && versions.numbers[index] & 0x7fff > 2
                offers[symbol.name, default: []].append(
                    Offer(
                        version: hasDefinitions ? versions.name(ofSymbol: index)?.name ?? "" : nil, isHidden: isHidden))
            }
        }
    }

    /// An object without versions satisfies a reference with one, and a reference without one takes any that is
    /// not hidden from it.
    func define(_ name: String, _ version: String?) -> Bool {
        guard let offers = offers[name] else { return false }
        guard let version else { return offers.contains { !$0.isHidden } }
        return offers.contains { $0.version == nil || $0.version == version }
    }
}

/// The versions that libraries which come along define, by each library's names; none where it gives no versions.
private struct OfferedVersions {
    private var versions: [String: Set<String>] = [:]

    init(_ libraries: [(name: String, image: ELFImage)]) {
        for (name, image) in libraries {
            let defined = image.symbolVersions.names.values.lazy.filter { $0.library == nil }.map(\.name)
            let set = Set(defined)
            for name in [name, image.dynamic?.soname ?? name] where versions[name] == nil { versions[name] = set }
        }
    }

    /// Whether a library is known to lack a version.
    func lack(_ version: String, of library: String) -> Bool {
        guard let versions = versions[library], !versions.isEmpty else { return false }
        return !versions.contains(version)
    }
}

/// A symbol that was asked for.
///
/// Not a part of the generic type below: a set of such would find out at each look-up what it is made of.
private struct WantedSymbol: Hashable {
    var name: String
    var version: String?
}

private struct SymbolResolution<View: LinkerView> {
    let view: View
    let own: OwnSymbols
    /// Loaded libraries of the closure; the last that had a symbol comes first.
    var loaded: [LoadedLibrary]
    var facts = ClosureFacts.SymbolFacts()
    private var known: Set<WantedSymbol> = []

    init(view: View, own: OwnSymbols, loaded: [LoadedLibrary]) {
        self.view = view
        self.own = own
        self.loaded = loaded
    }

    /// Checks what one image of the closure refers to and does not define; weak references may stay empty.
    mutating func check(_ needer: String, _ image: ELFImage) {
        let (symbols, isUsed) = (image.symbols, image.isUsed)
        let wanted = (0..<min(symbols.count, isUsed.count)).filter { index in
            isUsed[index] && !symbols[index].isDefined && symbols[index].binding != DynamicSymbol.weakBinding
                && !symbols[index].name.isEmpty
        }
        known.reserveCapacity(known.count + wanted.count)
        for index in wanted {
            let symbol = symbols[index]
            let version = image.symbolVersions.name(ofSymbol: index)?.name
            guard facts.unresolved.count < ClosureFacts.Limit.symbolsNamed else { return }
            guard known.insert(WantedSymbol(name: symbol.name, version: version)).inserted else { continue }
            facts.count += 1
            if own.define(symbol.name, version) || view.global(symbol.name, version: version) { continue }
            if let place = loaded.firstIndex(where: { view.defines(symbol.name, version: version, in: $0) }) {
                loaded.swapAt(0, place)
                continue
            }
            let suffix = version.map { ", version \($0)" } ?? ""
            facts.unresolved.append(.init(needer: needer, symbol: symbol.name + suffix))
        }
    }

    /// Checks that libraries which come along offer the versions that are needed of them, used or not
    /// (`_dl_check_map_versions`); one without versions is taken as it is.
    mutating func checkVersions(of needer: String, _ image: ELFImage, _ offered: OfferedVersions) {
        for need in image.symbolVersions.names.values.sorted(by: { $0.name < $1.name }) where !need.isWeak {
            guard let library = need.library, offered.lack(need.name, of: library),
                facts.unresolved.count < ClosureFacts.Limit.symbolsNamed
            else { continue }
            facts.unresolved.append(.init(needer: needer, symbol: "version \(need.name) of \(library)"))
        }
    }

    /// Finds the image's own symbols that it refers to in a way that lets others come first.
    mutating func findInterposed(_ image: ELFImage) {
        // DF_SYMBOLIC: the image looks in itself first.
        guard let dynamic = image.dynamic, dynamic.flags & 2 == 0 else { return }
        for (index, symbol) in image.symbols.enumerated() where symbol.isOffered && symbol.visibility == 0 {
            guard index < image.isUsed.count, image.isUsed[index] else { continue }
            let version = image.symbolVersions.name(ofSymbol: index)?.name
            guard view.global(symbol.name, version: version) else { continue }
            guard facts.interposed.count < ClosureFacts.Limit.symbolsNamed else { return }
            let owner = view.owner(of: symbol.name, version: version)
            let isVague = symbol.name.hasPrefix("_Z") && symbol.binding != 1
            facts.interposed.append(.init(symbol: symbol.name, isVague: isVague, owner: owner))
        }
    }
}

extension DynamicSymbol {
    fileprivate static let weakBinding: UInt8 = 2

    /// Whether other objects can find it here: global, weak or unique, and of default or protected visibility.
    fileprivate var isOffered: Bool {
        isDefined && [1, 2, 10].contains(binding) && (visibility == 0 || visibility == 3)
    }
}
