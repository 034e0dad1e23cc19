package import ELFReader

/// What the closure walk asks of the world, so that the walk itself is pure.
package protocol LinkerView {
    /// Fixed for the process.
    var environment: LinkerEnvironment { get }
    /// The object in this process that the dynamic linker takes for a name: one of its names, or its DT_SONAME.
    func loaded(as name: String) -> LoadedLibrary?
    /// The object in this process that was mapped from a file.
    func loaded(from file: FileIdentity) -> LoadedLibrary?
    /// What the dynamic linker's cache has for a name.
    func cached(_ name: String) -> String?
    /// Whether there is a folder at the path.
    func isFolder(_ path: String) -> Bool
    /// What lies at the path; nothing is opened that could block.
    func file(at path: String) -> FileAtPath
    /// The same where the file will not be mapped, since the process has another object of its name.
    func hiddenFile(at path: String) -> FileAtPath
    /// The search found this path, and the dynamic linker takes an object that is loaded instead.
    func noteHidden(_ path: String, by library: LoadedLibrary)
    /// Whether the file that was found holds the very bytes of the one that a loaded object was mapped from.
    func isCopy(_ path: String, of library: LoadedLibrary) -> Bool
    /// How a path is told to people: of a private copy, where the file lies that it is of.
    func shown(_ path: String) -> String
    /// Whether this process defines a symbol for every object in it (the global scope).
    func global(_ symbol: String, version: String?) -> Bool
    /// The path of the object that `global` found; empty where that is the main program or not known.
    func owner(of symbol: String, version: String?) -> String
    /// Whether a loaded object, or one that it needs, defines a symbol.
    func defines(_ symbol: String, version: String?, in library: LoadedLibrary) -> Bool
    /// The room for thread-local variables that every thread has, measured now; `nil` where nobody can tell.
    func staticThreadLocals() -> StaticThreadLocals?
    /// The facts of a library's file that `file(at:)` found.
    func image(at path: String, _ identity: FileIdentity) -> Result<ELFImage, LibraryProblem>
}

extension LinkerView {
    package func hiddenFile(at path: String) -> FileAtPath { file(at: path) }
    package func noteHidden(_ path: String, by library: LoadedLibrary) {}
    package func shown(_ path: String) -> String { path }
}

/// An object that is in the process already.
package struct LoadedLibrary: Sendable, Equatable {
    /// As the dynamic linker knows it: an absolute path mostly.
    package var path: String
    /// The file that lies at the path now; `nil` where there is none.
    package var identity: FileIdentity?
    /// NT_GNU_BUILD_ID of what is mapped; empty where it has none.
    package var buildID: [UInt8]

    package init(path: String, identity: FileIdentity? = nil, buildID: [UInt8] = []) {
        self.path = path
        self.identity = identity
        self.buildID = buildID
    }
}

/// What a look at a path shows, as far as the search for a library goes (open_verify in glibc's dl-load.c).
package enum FileAtPath: Sendable, Equatable {
    /// Nothing that may be read: the search goes on.
    case absent
    /// A library of another class or machine: the search goes on.
    case foreign
    /// Something else, which ends the search; a clause, "is a pipe".
    case unusable(String)
    /// A library that lies beside the plugin's file, and that its private copy cannot have beside it; ends the search.
    case uncopied(LibraryProblem)
    /// A library.
    case library(FileIdentity)
}

/// Why a library that was found is not taken, or its facts are not known, a clause: "has 3000000000 bytes, the limit is …".
package struct LibraryProblem: Error, Sendable, Equatable {
    package var reason: String
    /// What to do, where the gate does not know it by itself.
    package var remedy: String?

    package init(reason: String, remedy: String? = nil) {
        self.reason = reason
        self.remedy = remedy
    }
}
