import Compatibility
import ELFReader

/// A dynamic linker's world on paper: which files there are, what is loaded, what the cache says.
struct PaperLinker: LinkerView {
    var environment = LinkerEnvironment(
        defaultFolders: ["/lib", "/usr/lib"], subfolders: ["glibc-hwcaps/x86-64-v2"], library: "lib64",
        platform: "x86_64")
    /// Libraries by path.
    var files: [String: ELFImage] = [:]
    /// What else lies at a path.
    var others: [String: FileAtPath] = [:]
    /// Loaded objects by each name that they answer to.
    var loadedNames: [String: LoadedLibrary] = [:]
    var cache: [String: String] = [:]
    /// Owners of the process's symbols by "name" and "name@version".
    var symbols: [String: String] = [:]
    /// Symbols that only one loaded object has, by path.
    var localSymbols: [String: Set<String>] = [:]
    var room: StaticThreadLocals?
    /// Which loaded object's file, by path, holds the same bytes as a file.
    var copies: [String: String] = [:]
    /// Of every file, in bytes.
    var size: Int64 = 1

    /// An image that needs these libraries.
    static func image(
        _ needed: [String] = [], rpath: String? = nil, runpath: String? = nil, soname: String? = nil, flags1: UInt64 = 0
    ) -> ELFImage {
        ELFImage(
            header: ELFHeader(machine: 62),
            dynamic: DynamicTable(soname: soname, needed: needed, rpath: rpath, runpath: runpath, flags1: flags1),
            sections: .known(comments: [], swiftSections: []))
    }

    /// The identity of a path: the same for the same path.
    static func identity(_ path: String, size: Int64 = 1) -> FileIdentity {
        FileIdentity(device: 1, inode: path.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }, size: size)
    }

    func loaded(as name: String) -> LoadedLibrary? { loadedNames[name] }
    func loaded(from file: FileIdentity) -> LoadedLibrary? { loadedNames.values.first { $0.identity == file } }
    func cached(_ name: String) -> String? { cache[name] }
    func global(_ symbol: String, version: String?) -> Bool { symbols[Self.key(symbol, version)] != nil }
    func owner(of symbol: String, version: String?) -> String { symbols[Self.key(symbol, version)] ?? "" }
    func defines(_ symbol: String, version: String?, in library: LoadedLibrary) -> Bool {
        localSymbols[library.path]?.contains(Self.key(symbol, version)) ?? false
    }
    func staticThreadLocals() -> StaticThreadLocals? { room }
    private static func key(_ symbol: String, _ version: String?) -> String {
        version.map { "\(symbol)@\($0)" } ?? symbol
    }
    func isCopy(_ path: String, of library: LoadedLibrary) -> Bool { copies[path] == library.path }
    func isFolder(_ path: String) -> Bool {
        (Array(files.keys) + others.keys).contains { $0.hasPrefix(path == "/" ? "/" : path + "/") }
    }
    func file(at path: String) -> FileAtPath {
        others[path] ?? (files[path] == nil ? .absent : .library(Self.identity(path, size: size)))
    }
    func image(at path: String, _ identity: FileIdentity) -> Result<ELFImage, LibraryProblem> {
        files[path].map { .success($0) } ?? .failure(LibraryProblem(reason: "is gone"))
    }
}

extension ClosureFacts {
    /// "liba.so = /lib/liba.so", "libc.so.6 loaded", "libx.so missing": one line per library, in order.
    var lines: [String] {
        libraries.map { library in
            switch library.outcome {
            case .loaded(let loaded, let instead):
                "\(library.name) loaded \(loaded.path)" + (instead.map { ", not \($0)" } ?? "")
            case .comesAlong(let path, _): "\(library.name) = \(path)"
            case .missing: "\(library.name) missing"
            }
        }
    }
}
