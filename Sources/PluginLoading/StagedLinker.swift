import Compatibility
import ELFReader

/// The dynamic linker as it will serve one private copy, whose `$ORIGIN` is not the operator's folder.
///
/// Beneath the folder of a copy on disk lies what lies beneath the operator's, as far as somebody looks: see `StagedFolder`.
/// In the place of sealed memory lies nothing, so what is meant is said to be out of reach.
struct StagedLinker: LinkerView {
    private let base: ProcessLinker
    private let folder: String
    private let operatorsFolder: String
    private let staged: StagedFolder?
    private let isRehearsed: Bool

    /// - Parameters:
    ///   - folder: of the copy.
    ///   - operatorsFolder: of the file that it is of.
    ///   - staged: the folder, if it is one on disk.
    ///   - isRehearsed: whether a process will open the copy that has not loaded what this one has.
    init(
        _ base: ProcessLinker, folder: String, operatorsFolder: String, _ staged: StagedFolder?,
        isRehearsed: Bool = false
    ) {
        self.base = base
        self.folder = folder
        self.operatorsFolder = operatorsFolder
        self.staged = staged
        self.isRehearsed = isRehearsed
    }

    var environment: LinkerEnvironment { base.environment }

    /// The operator's file that a path beneath the copy's folder stands for; `nil` for any other path.
    private func source(of path: String) -> String? {
        if path == folder { return operatorsFolder }
        guard path.hasPrefix(folder + "/") else { return nil }
        return StagedFolder.joined(operatorsFolder, path.dropFirst(folder.count + 1))
    }

    func shown(_ path: String) -> String { source(of: path) ?? path }

    func isFolder(_ path: String) -> Bool { base.isFolder(source(of: path) ?? path) }

    func file(at path: String) -> FileAtPath {
        guard let source = source(of: path) else { return base.file(at: path) }
        if let staged { return staged.bring(path, base.files) }
        // A number is a file there.
        let real = base.file(at: path)
        guard real == .absent, case .library = base.file(at: source) else { return real }
        return .uncopied(
            LibraryProblem(
                reason:
                    "lies beside the plugin's file, but a policy of signatures has a sealed copy loaded, which has nothing "
                    + "beside it",
                remedy:
                    "put the library into a folder that only root or the host's user can write to and link with that "
                    + "folder's full name in -Wl,-rpath instead of $ORIGIN, or link it statically"))
    }

    func hiddenFile(at path: String) -> FileAtPath { base.file(at: source(of: path) ?? path) }

    func noteHidden(_ path: String, by library: LoadedLibrary) {
        guard isRehearsed, let staged, source(of: path) != nil else { return }
        staged.bring(path, insteadOf: library.path, base.files)
    }

    func isCopy(_ path: String, of library: LoadedLibrary) -> Bool { base.isCopy(shown(path), of: library) }

    func image(at path: String, _ identity: FileIdentity) -> Result<ELFImage, LibraryProblem> {
        guard let source = source(of: path) else { return base.image(at: path, identity) }
        // What is not a copy is only compared.
        guard let staged, staged.helpers.contains(where: { $0.identity == identity }) else {
            return base.image(at: source, identity)
        }
        return base.files.imageAnew(at: path, identity)
    }

    func loaded(as name: String) -> LoadedLibrary? { base.loaded(as: name) }
    func loaded(from file: FileIdentity) -> LoadedLibrary? { base.loaded(from: file) }
    func cached(_ name: String) -> String? { base.cached(name) }
    func global(_ symbol: String, version: String?) -> Bool { base.global(symbol, version: version) }
    func owner(of symbol: String, version: String?) -> String { base.owner(of: symbol, version: version) }
    func defines(_ symbol: String, version: String?, in library: LoadedLibrary) -> Bool {
        base.defines(symbol, version: version, in: library)
    }
    func staticThreadLocals() -> StaticThreadLocals? { base.staticThreadLocals() }
}
