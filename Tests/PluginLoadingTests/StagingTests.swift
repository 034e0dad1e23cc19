import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import PluginLoading

/// Private copies and the folder that holds them.
@Suite struct StagingTests {
    private func withStaging(_ body: (StagingFolder, TemporaryFolder) throws -> Void) throws {
        let folder = try TemporaryFolder()
        try body(StagingFolder(under: folder.file("staging")), folder)
    }

    @Test func copyIsAFileOfItsOwnUnderANewNameInAFolderOfOurs() throws {
        try withStaging { staging, folder in
            let source = try folder.write([1, 2, 3], to: "some plugin.so")
            let (first, second) = (
                try StagedImage(copying: source, into: staging), try StagedImage(copying: source, into: staging)
            )
            #expect(first.path != second.path)
            #expect(first.identity.inode != second.identity.inode)
            #expect(try readFile(first.path) == [1, 2, 3])
            #expect(first.path.hasSuffix("some_plugin.so"), "a name that is harmless in logs and maps")
            #expect(first.source == source && first.sourcePermissions == 0o755)
            #expect(try mode(of: staging.path) == 0o700)
            #expect(try mode(of: first.path) == 0o400)
        }
    }

    /// With a umask of 0177, as for files of secrets, nobody could enter it, and it stayed there for the next host as well.
    @Test func theFolderCanBeEnteredWhateverTheUmaskSays() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            umask(0o177)
            let staging = try StagingFolder(under: folder.file("staging"))
            umask(0o022)
            for path in [folder.file("staging"), staging.path] {
                var status = stat()
                #expect(stat(path, &status) == 0 && status.st_mode & 0o7777 == 0o700)
            }
        }
    }

    @Test(arguments: ["overwrite", "truncate", "rename", "delete"])
    func whatBecomesOfTheOriginalDoesNotMatter(_ what: String) throws {
        try withStaging { staging, folder in
            let source = try folder.write([1, 2, 3, 4], to: "plugin.so")
            let staged = try StagedImage(copying: source, into: staging)
            switch what {
            case "overwrite": try folder.write([9, 9, 9, 9], to: "plugin.so")
            case "truncate": #expect(truncate(source, 0) == 0)
            case "rename": #expect(rename(source, folder.file("other.so")) == 0)
            default: #expect(unlink(source) == 0)
            }
            #expect(try readFile(staged.path) == [1, 2, 3, 4])
            #expect(try staged.identityNow() == staged.identity)
            let mapped = try staged.map()
            let count = mapped.withBytes { $0.byteCount }
            #expect(count == 4)
        }
    }

    @Test func copyGoesWithItsOwnerAndTheFolderWithTheLast() throws {
        let folder = try TemporaryFolder()
        let source = try folder.write([1], to: "plugin.so")
        var staging: StagingFolder? = try StagingFolder(under: folder.file("staging"))
        let path = try #require(staging?.path)
        var staged: StagedImage? = try StagedImage(copying: source, into: #require(staging))
        let copy = try #require(staged?.path)
        staging = nil
        #expect(access(copy, F_OK) == 0, "the copy keeps its folder")
        staged = nil
        #expect(access(copy, F_OK) != 0)
        #expect(access(path, F_OK) != 0)
    }

    @Test func failedCopyLeavesNoFile() throws {
        try withStaging { staging, folder in
            #expect(throws: LoadingError.self) { _ = try StagedImage(copying: folder.path, into: staging) }
            #expect(throws: LoadingError.self) { _ = try StagedImage(copying: folder.file("absent"), into: staging) }
            let names = try PrivateFolder.names(in: staging.path)
            #expect(names == ["lock"])
        }
    }

    @Test func fileOverTheLimitIsRefusedBeforeItIsCopied() throws {
        try withStaging { staging, folder in
            let source = try folder.write([], to: "huge.so")
            #expect(truncate(source, Int(MappedFile.sizeLimit) + 1) == 0)
            let error = #expect(throws: LoadingError.self) { _ = try StagedImage(copying: source, into: staging) }
            #expect(error?.code == "load.unread")
        }
    }

    /// A writer that never stops: each copy is either refused, or whole and of one moment.
    @Test(.timeLimit(.minutes(1))) func fileThatIsWrittenToMeanwhileIsRefusedOrWhole() throws {
        try withStaging { staging, folder in
            let source = try folder.write([UInt8](repeating: 0, count: 4 << 20), to: "growing.so")
            let writer = try Command.spawnedAppender(to: source)
            defer { writer.end() }
            var refused = 0
            for _ in 0..<200 where refused == 0 {
                do {
                    let staged = try StagedImage(copying: source, into: staging)
                    #expect(try staged.identityNow() == staged.identity)
                } catch let error as LoadingError {
                    #expect(error.code == "load.changed")
                    refused += 1
                }
            }
            #expect(refused > 0)
            let names = try PrivateFolder.names(in: staging.path)
            #expect(names == ["lock"])
        }
    }

    @Test func folderOfADeadHostIsSweptAndThatOfALivingOneIsNot() throws {
        let folder = try TemporaryFolder()
        let root = folder.file("staging")
        let living = try StagingFolder(under: root)
        let source = try folder.write([1], to: "plugin.so")
        let copy = try StagedImage(copying: source, into: living)
        // As a host that was killed leaves it, with and without its lock file.
        for name in ["host-1-dead", "host-2-early"] { #expect(mkdir("\(root)/\(name)", 0o700) == 0) }
        try folder.write([1], to: "staging/host-1-dead/lock")
        try folder.write([1], to: "staging/host-1-dead/1-plugin.so")
        #expect(mkdir("\(root)/somebody-elses", 0o700) == 0)

        let next = try StagingFolder(under: root)
        let names = try PrivateFolder.names(in: root)
        #expect(!names.contains("host-1-dead") && !names.contains("host-2-early"))
        #expect(names.contains("somebody-elses"))
        #expect(access(copy.path, F_OK) == 0 && access(next.path, F_OK) == 0)
    }

    /// flock(1) holds the lock as a host does, and is then killed.
    @Test func folderOfAKilledProcessIsSweptOnceItIsDead() throws {
        let folder = try TemporaryFolder()
        let root = folder.file("staging")
        _ = try StagingFolder(under: root)
        let orphan = "\(root)/host-3-killed"
        #expect(mkdir(orphan, 0o700) == 0)
        let holder = try Holding(lock: orphan + "/lock")
        _ = try StagingFolder(under: root)
        #expect(access(orphan, F_OK) == 0, "its process lives")
        holder.kill()
        _ = try StagingFolder(under: root)
        #expect(access(orphan, F_OK) != 0)
    }

    @Test func rootThatOthersCanEnterIsRefused() throws {
        let folder = try TemporaryFolder()
        #expect(mkdir(folder.file("open"), 0o700) == 0 && chmod(folder.file("open"), 0o755) == 0)
        #expect(symlink(folder.path, folder.file("link")) == 0)
        for name in ["open", "link", "absent/below"] {
            let error = #expect(throws: LoadingError.self) { _ = try StagingFolder(under: folder.file(name)) }
            #expect(error?.code == "load.staging")
            #expect(error?.description.contains(folder.file(name)) == true)
        }
    }

    private func mode(of path: String) throws -> mode_t {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return status.st_mode & 0o7777
    }
}

/// A child process that appends to a file until it is ended.
private struct Appender {
    let child: pid_t
    func end() {
        kill(child, SIGKILL)
        var status: Int32 = 0
        waitpid(child, &status, 0)
    }
}

extension Command {
    fileprivate static func spawnedAppender(to path: String) throws -> Appender {
        Appender(child: try spawn(["sh", "-c", "while :; do printf x >> \"$0\"; done", path]))
    }
}

/// A child process that holds a lock as a living host does.
private final class Holding {
    private var child: pid_t?

    /// Returns once the lock is held.
    init(lock path: String) throws {
        child = try spawn(["flock", "--no-fork", path, "sleep", "60"])
        while try FileLock(taking: path) != nil { usleep(1000) }
    }

    func kill() {
        guard let child else { return }
        Glibc.kill(-child, SIGKILL)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        self.child = nil
    }

    deinit { kill() }
}

/// Starts a program in a process group of its own.
private func spawn(_ arguments: [String]) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var argv = arguments.map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    var child: pid_t = 0
    let error = posix_spawnp(&child, arguments[0], nil, &attributes, &argv, environ)
    guard error == 0 else { throw TestSupportError("posix_spawnp \(arguments[0]): \(error)") }
    return child
}
