import Glibc
import TestSupport
import Testing

@testable import ControlPlane

@Suite struct SocketPathTests {
    @Test(arguments: [
        (["SWITCHBOARD_SOCKET": "/a/b.sock", "XDG_RUNTIME_DIR": "/run/user/1"], "/a/b.sock"),
        (["SWITCHBOARD_SOCKET": "", "XDG_RUNTIME_DIR": "/run/user/1"], "/run/user/1/switchboard/host.sock"),
        (["XDG_RUNTIME_DIR": ""], "/tmp/switchboard-1234/host.sock"),
        (["XDG_RUNTIME_DIR": "relative"], "/tmp/switchboard-1234/host.sock"),
        ([:], "/tmp/switchboard-1234/host.sock"),
    ])
    func followsTheDocumentedOrder(environment: [String: String], path: String) {
        #expect(SocketPath.standard(environment: environment, user: 1234) == path)
    }

    /// Somebody else made the folder in /tmp first, and listens there.
    @Test func refusesASharedFolderThatIsNotTheUsersAlone() throws {
        // No process of the test runs as this user, so the folder is not in anybody's way.
        let user: UInt32 = 3_999_999_001
        let folder = "/tmp/switchboard-\(user)"
        #expect(mkdir(folder, 0o755) == 0)
        defer { rmdir(folder) }
        #expect(throws: ControlError.self) { try SocketPath.check(folder + "/host.sock", user: user) }
        #expect(throws: Never.self) { try SocketPath.check("/tmp/elsewhere/host.sock", user: user) }
    }

    @Test func refusesARelativePath() {
        #expect(throws: ControlError.self) { try SocketPath.makeFolders(above: "host.sock") }
    }
}
