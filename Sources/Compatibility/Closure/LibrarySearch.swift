/// The dynamic linker's search for one name (ld.so(8); `_dl_map_object` of glibc 2.36's dl-load.c).
struct LibrarySearch<View: LinkerView> {
    let view: View
    /// How many paths may still be looked at: a hostile DT_RUNPATH has thousands of folders.
    private(set) var budget: Int
    /// The folders that the last search looked into without finding what it returned.
    private(set) var passedOver: [String] = []
    /// By the bytes of their paths: texts that are equal to Swift may be two folders.
    private var folders: [[UInt8]: Bool] = [:]
    private var isHidden = false

    init(_ view: View, budget: Int) {
        self.view = view
        self.budget = budget
    }

    /// What the search of one name came to.
    enum Result {
        /// - Parameter isBeside: whether the search came there by `$ORIGIN` of what is loaded from a private copy.
        case found(path: String, FileIdentity, isBeside: Bool)
        case missing(ClosureFacts.Search)
    }

    /// Whose search paths count for a name: the object that needs it, and those that led to it.
    struct Needer {
        /// DT_RUNPATH, expanded; `nil` where it has none, and then the DT_RPATH of all that led here counts.
        var runpath: [Folder]?
        /// DT_RPATH of the object, of the one that needed it, and so on, expanded.
        var rpath: [Folder]
        /// DF_1_NODEFLIB: neither the cache's default folders nor these themselves.
        var passesOverDefaults: Bool
    }

    /// A folder of a search path; without a path it needs an origin that there is not.
    struct Folder {
        var path: String?
        /// As it is written, with its tokens.
        var written: String
        /// "RUNPATH", "RPATH of the host".
        var source: String
        /// Whether it starts out from the place of a private copy.
        var isBeside = false
        /// Whether it leads out of the folder of a private copy: nobody means what lies there.
        var leavesCopy = false
    }

    /// Searches for a name, which holds no token any more.
    ///
    /// - Parameters:
    ///   - isBeside: whether the name itself started out from the place of a private copy.
    ///   - isHidden: whether what is found will not be mapped.
    mutating func find(
        _ name: String, for needer: Needer, isBeside: Bool = false, isHidden: Bool = false
    ) -> Result {
        self.isHidden = isHidden
        var search = ClosureFacts.Search()
        passedOver = []
        if name.utf8.contains(UInt8(ascii: "/")) {
            search.places = [view.shown(name)]
            if let found = look(name, &search, isBeside) { return found }
            return .missing(search)
        }
        var paths = needer.runpath == nil ? needer.rpath : []
        if needer.runpath == nil {
            paths += view.environment.programPath.map { Folder(path: $0, written: $0, source: "RPATH of the host") }
        }
        paths += view.environment.libraryPath.map { Folder(path: $0, written: $0, source: "LD_LIBRARY_PATH") }
        paths += needer.runpath ?? []
        for folder in paths {
            search.places.append("\(folder.written) (\(folder.source))")
            if folder.leavesCopy {
                search.leaving = "\(folder.written) (\(folder.source))"
                return .missing(search)
            }
            guard !folder.written.unicodeScalars.contains("\u{FFFD}") else {
                search.obstacle = "\(folder.written) (\(folder.source)) is not UTF-8"
                search.remedy = "link with a folder's name that is"
                return .missing(search)
            }
            if let path = folder.path, let found = look(for: name, in: path, &search, folder.isBeside) { return found }
        }
        search.places.append("/etc/ld.so.cache")
        if let path = view.cached(name), !(needer.passesOverDefaults && isInDefaultFolder(path)),
            let found = look(path, &search, false)
        {
            return found
        }
        guard !needer.passesOverDefaults else { return .missing(search) }
        for folder in view.environment.defaultFolders {
            search.places.append(folder)
            if let found = look(for: name, in: folder, &search, false) { return found }
        }
        return .missing(search)
    }

    /// Looks in a folder and before that in its subfolders for this machine; `nil` where the search goes on.
    private mutating func look(
        for name: String, in folder: String, _ search: inout ClosureFacts.Search, _ isBeside: Bool
    ) -> Result? {
        guard isFolder(folder) else {
            passedOver.append(folder)
            return nil
        }
        let base = folder == "/" ? "" : folder
        for subfolder in view.environment.subfolders {
            let first = subfolder.prefix { $0 != "/" }
            guard isFolder("\(base)/\(first)"), first.count == subfolder.count || isFolder("\(base)/\(subfolder)")
            else { continue }
            if let found = look("\(base)/\(subfolder)/\(name)", &search, isBeside) { return found }
            passedOver.append("\(base)/\(subfolder)")
        }
        if let found = look("\(base)/\(name)", &search, isBeside) { return found }
        passedOver.append(folder)
        return nil
    }

    private mutating func look(
        _ path: String, _ search: inout ClosureFacts.Search, _ isBeside: Bool
    ) -> Result? {
        guard path.utf8.count < LinkerEnvironment.pathLimit, budget > 0 else { return nil }
        budget -= 1
        switch isHidden ? view.hiddenFile(at: path) : view.file(at: path) {
        case .absent, .foreign: return nil
        case .unusable(let reason):
            search.obstacle = "\(view.shown(path)) \(reason)"
            return .missing(search)
        case .uncopied(let problem):
            search.obstacle = "\(view.shown(path)) \(problem.reason)"
            search.remedy = problem.remedy
            return .missing(search)
        case .library(let identity): return .found(path: path, identity, isBeside: isBeside)
        }
    }

    private mutating func isFolder(_ path: String) -> Bool {
        let key = Array(path.utf8)
        if let known = folders[key] { return known }
        guard budget > 0 else { return false }
        budget -= 1
        let answer = view.isFolder(path)
        folders[key] = answer
        return answer
    }

    private func isInDefaultFolder(_ path: String) -> Bool {
        view.environment.defaultFolders.contains { path.hasPrefix("\($0)/") }
    }
}
