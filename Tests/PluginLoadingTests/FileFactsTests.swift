import Compatibility
import Glibc
import LinuxSystem
import PluginLoading
import TestSupport
import Testing

/// Where an open file lies, however it was named.
@Suite struct FileFactsTests {
    private func facts(_ path: String, meanwhile: () -> Void = {}) throws -> FileFacts {
        let file = try FileDescriptor(opening: path, O_RDONLY)
        meanwhile()
        return FileFacts(of: file, try file.status(of: path), at: path)
    }

    @Test(arguments: ["real/x.so", "link/x.so", "link.so", "real/../real/x.so", "real//x.so", "./real/x.so"])
    func isWhereNoLinkLeads(name: String) throws {
        let folder = try TemporaryFolder()
        let home = try #require(ResolvedPath.of(folder.path))
        mkdir("\(home)/real", 0o700)
        _ = try FileDescriptor(opening: "\(home)/real/x.so", O_WRONLY | O_CREAT)
        symlink("real", "\(home)/link")
        symlink("real/x.so", "\(home)/link.so")
        let found = try facts("\(home)/\(name)")
        #expect(found.resolvedPath == "\(home)/real/x.so")
        #expect(found.folders.first?.path == "/")
        #expect(found.folders.suffix(2).map(\.path) == [home, "\(home)/real"])
        #expect(found.folders.last?.permissions == 0o700)
    }

    @Test func followsAFileThatWasMoved() throws {
        let folder = try TemporaryFolder()
        let home = try #require(ResolvedPath.of(folder.path))
        _ = try FileDescriptor(opening: "\(home)/x.so", O_WRONLY | O_CREAT)
        let found = try facts("\(home)/x.so") {
            rename("\(home)/x.so", "\(home)/y.so")
            _ = try? FileDescriptor(opening: "\(home)/x.so", O_WRONLY | O_CREAT)
        }
        #expect(found.resolvedPath == "\(home)/y.so")
    }

    @Test func knowsNoPlaceOfAFileThatIsGone() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("x.so")
        _ = try FileDescriptor(opening: path, O_WRONLY | O_CREAT)
        let found = try facts(path) { unlink(path) }
        #expect(found.resolvedPath == nil)
        #expect(found.folders.isEmpty)
    }
}
