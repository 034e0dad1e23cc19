package import ELFReader

extension ClosureFacts {
    /// What one walk may cost at most, whatever the files say.
    enum Limit {
        /// Objects met.
        static let libraries = 1024
        /// Names in all DT_NEEDED together.
        static let names = 16_384
        /// Paths looked at.
        static let looks = 32_768
        /// Bytes of all libraries' files that are not loaded yet: reading them holds a load up, about a second.
        static let bytes: Int64 = 256 << 20
        /// Symbols of all libraries that come along together: the facts are kept, and each one is looked up.
        static let symbols = 1 << 20
        /// Symbols that are told of, of each kind; beyond, nobody looks further.
        static let symbolsNamed = 1024
    }

    /// Where an image lies, for its `$ORIGIN`.
    package struct Place: Sendable {
        /// The folder that it is loaded from.
        package var origin: String?
        /// Whether that is, or will be, the folder of a private copy, which others' files lie around.
        package var isCopy: Bool

        package init(origin: String?, isCopy: Bool = false) {
            self.origin = origin
            self.isCopy = isCopy
        }
    }

    /// Follows DT_NEEDED as dlopen will (`_dl_map_object_deps`): breadth first, each object once, loaded ones not beyond.
    ///
    /// Pure but for what `view` does. Cost: linear in names and searched paths, within `Limit`.
    package static func walk(from image: ELFImage, at place: Place, _ view: some LinkerView) -> ClosureFacts {
        var walk = ClosureWalk(view)
        walk.follow(image, place)
        var facts = walk.facts
        facts.resolve(image, view)
        let needsRoom = ([image] + facts.comingAlong.map(\.image)).contains { $0.staticThreadLocals != nil }
        if needsRoom { facts.staticThreadLocals = view.staticThreadLocals() }
        return facts
    }
}

private struct ClosureWalk<View: LinkerView> {
    private(set) var facts = ClosureFacts()
    private let view: View
    private var search: LibrarySearch<View>
    /// Names that are settled: as written for slashes, else bare.
    private var settled: Set<String> = []
    private var files: Set<FileIdentity> = []
    private var loadedPaths: Set<String> = []
    /// DT_SONAME of the image itself, which will be in the process when its libraries' names are looked up.
    private var ownName: String?
    /// The folder of the image itself.
    private var origin: String?
    private var bytesLeft = ClosureFacts.Limit.bytes
    private var bytesToCompare = ClosureFacts.Limit.bytes
    private var symbolsLeft = ClosureFacts.Limit.symbols

    /// An object whose DT_NEEDED is to be followed.
    private struct Node {
        var dynamic: DynamicTable
        var origin: String?
        /// Of what is loaded from a private copy, how many folders below the plugin's it lies: it must not look for others'
        /// files around that one.
        var depth: Int?
        var through: [String]
        /// DT_RPATH of what led here.
        var inherited: [LibrarySearch<View>.Folder]
        var name: String
    }

    init(_ view: View) {
        self.view = view
        search = LibrarySearch(view, budget: ClosureFacts.Limit.looks)
    }

    mutating func follow(_ image: ELFImage, _ place: ClosureFacts.Place) {
        guard let dynamic = image.dynamic else { return }
        ownName = dynamic.soname.flatMap { $0.isASCII ? $0 : nil }
        origin = place.origin
        var nodes = [
            Node(
                dynamic: dynamic, origin: place.origin, depth: place.isCopy ? 0 : nil, through: [], inherited: [],
                name: "plugin")
        ]
        var (index, names) = (0, 0)
        while index < nodes.count {
            let node = nodes[index]
            let needer = needer(node)
            for filter in node.dynamic.filters where !filter.isASCII || settled.insert(filter).inserted {
                var search = ClosureFacts.Search()
                search.isFilter = true
                facts.libraries.append(.init(filter, through: node.through, .missing(search)))
            }
            for written in node.dynamic.needed {
                names += 1
                guard names <= ClosureFacts.Limit.names, facts.libraries.count < ClosureFacts.Limit.libraries,
                    search.budget > 0
                else {
                    facts.cutShort =
                        "needs more than \(ClosureFacts.Limit.libraries) libraries, or more than "
                        + "\(ClosureFacts.Limit.looks) paths would have to be looked at"
                    return
                }
                let next = settle(written, node, needer)
                guard facts.cutShort == nil else { return }
                guard let next else { continue }
                nodes.append(next)
            }
            index += 1
        }
    }

    /// Settles one name; the object to follow, where one comes along.
    private mutating func settle(
        _ written: String, _ node: Node, _ needer: LibrarySearch<View>.Needer
    ) -> Node? {
        guard written.isASCII else {
            let obstacle = "names that are not plain ASCII may be two files' and look like one"
            miss(
                written, node,
                ClosureFacts.Search(obstacle: obstacle, remedy: "give the library a plain name with -Wl,-soname"))
            return nil
        }
        if let depth = node.depth, LinkerEnvironment.leavesOrigin(written, depth: depth) {
            if settled.insert(written).inserted { miss(written, node, ClosureFacts.Search(leaving: written)) }
            return nil
        }
        guard let name = view.environment.expand(written, origin: node.origin) else {
            if settled.insert(written).inserted { miss(written, node, ClosureFacts.Search(places: [written])) }
            return nil
        }
        let isBeside = node.depth != nil && LinkerEnvironment.namesOrigin(written)
        guard settled.insert(name).inserted else { return nil }
        if let loaded = view.loaded(as: name) {
            if loadedPaths.insert(loaded.path).inserted {
                let other = shadow(name, of: loaded, needer, isBeside)
                facts.libraries.append(.init(name, through: node.through, .loaded(loaded, instead: other)))
            }
            return nil
        }
        if name == ownName { return nil }
        switch search.find(name, for: needer, isBeside: isBeside) {
        case .missing(let search):
            miss(isBeside ? written : name, node, search)
            return nil
        case .found(let path, let identity, let isBeside):
            guard files.insert(identity).inserted else { return nil }
            if let loaded = view.loaded(from: identity) {
                if loadedPaths.insert(loaded.path).inserted {
                    add(.init(name, through: node.through, .loaded(loaded, instead: nil)))
                }
                return nil
            }
            return map(isBeside ? view.shown(name) : name, path, identity, node, isBeside)
        }
    }

    private mutating func map(
        _ name: String, _ path: String, _ identity: FileIdentity, _ node: Node, _ isBeside: Bool
    ) -> Node? {
        let image: ELFImage
        switch read(path, identity) {
        case nil: return nil
        case .failure(let problem):
            let search = ClosureFacts.Search(
                obstacle: "\(view.shown(path)) \(problem.reason)", remedy: problem.remedy)
            facts.libraries.append(.init(name, through: node.through, .missing(search)))
            return nil
        case .success(let found): image = found
        }
        var library = ClosureFacts.Library(
            name, through: node.through, .comesAlong(path: view.shown(path), image))
        library.isHelper = isBeside
        add(library)
        guard let dynamic = image.dynamic else { return nil }
        // Later names that equal its DT_SONAME are it, too.
        if let soname = dynamic.soname, soname.isASCII { settled.insert(soname) }
        let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) }
        return Node(
            dynamic: dynamic, origin: folder == "" ? "/" : folder, depth: isBeside ? depth(of: path) : nil,
            through: node.through + [name], inherited: ownRPath(node) + node.inherited, name: name)
    }

    /// How many folders below the image's own a path beneath that one leads, by its names.
    private func depth(of path: String) -> Int {
        func depth(_ path: String) -> Int {
            path.split(separator: "/").reduce(0) { $1 == "." ? $0 : $1 == ".." ? $0 - 1 : $0 + 1 }
        }
        return depth(path) - depth(origin ?? "/") - 1
    }

    /// Adds what the last search found.
    private mutating func add(_ library: ClosureFacts.Library) {
        var library = library
        library.searchedBefore = search.passedOver
        facts.libraries.append(library)
    }

    /// The facts of a library's file, within what one walk may read, whether they are remembered or not; `nil` beyond.
    private mutating func read(_ path: String, _ identity: FileIdentity) -> Result<ELFImage, LibraryProblem>? {
        guard identity.size <= bytesLeft else {
            facts.cutShort =
                "needs libraries of more than \(ClosureFacts.Limit.bytes >> 20) MiB that are not loaded yet "
                + "(\(view.shown(path)) is "
                + "one of them)"
            return nil
        }
        bytesLeft -= identity.size
        let result = view.image(at: path, identity)
        guard case .success(let image) = result else { return result }
        symbolsLeft -= image.symbols.count
        guard symbolsLeft >= 0 else {
            facts.cutShort =
                "needs libraries of more than \(ClosureFacts.Limit.symbols) symbols that are not loaded yet "
                + "(\(view.shown(path)) is "
                + "one of them)"
            return nil
        }
        return result
    }

    private mutating func miss(_ name: String, _ node: Node, _ search: ClosureFacts.Search) {
        facts.libraries.append(.init(name, through: node.through, .missing(search)))
    }

    /// The file that the search would find, where it is another than the loaded one.
    private mutating func shadow(
        _ name: String, of loaded: LoadedLibrary, _ needer: LibrarySearch<View>.Needer, _ isBeside: Bool
    ) -> String? {
        guard
            case .found(let path, let identity, _) = search.find(
                name, for: needer, isBeside: isBeside, isHidden: true),
            identity != loaded.identity, path != loaded.path
        else { return nil }
        view.noteHidden(path, by: loaded)
        let shown = view.shown(path)
        guard identity.size <= bytesToCompare else { return shown }
        bytesToCompare -= identity.size
        guard !loaded.buildID.isEmpty else { return view.isCopy(path, of: loaded) ? nil : shown }
        guard case .success(let image) = view.image(at: path, identity) else { return shown }
        return image.buildID == loaded.buildID ? nil : shown
    }

    private func needer(_ node: Node) -> LibrarySearch<View>.Needer {
        let runpath = node.dynamic.runpath.map { folders(of: $0, node, "RUNPATH") }
        return .init(
            runpath: runpath, rpath: ownRPath(node) + node.inherited,
            passesOverDefaults: node.dynamic.flags1 & 0x800 != 0)
    }

    /// The image's own DT_RPATH, which a DT_RUNPATH beside it makes void.
    private func ownRPath(_ node: Node) -> [LibrarySearch<View>.Folder] {
        guard node.dynamic.runpath == nil, let rpath = node.dynamic.rpath else { return [] }
        return folders(of: rpath, node, "RPATH")
    }

    private func folders(of path: String, _ node: Node, _ kind: String) -> [LibrarySearch<View>.Folder] {
        LinkerEnvironment.split(path).map { element in
            .init(
                path: view.environment.expand(element, origin: node.origin), written: element,
                source: node.through.isEmpty ? kind : "\(kind) of \(node.name)",
                isBeside: node.depth != nil && LinkerEnvironment.namesOrigin(element),
                leavesCopy: node.depth.map { LinkerEnvironment.leavesOrigin(element, depth: $0) } ?? false)
        }
    }
}

extension String {
    /// Whether it equals no other bytes: letters beyond ASCII have several spellings that Swift takes for one, and bytes that
    /// are no UTF-8 all read as U+FFFD; to the dynamic linker each is a name of its own.
    fileprivate var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }
}
