import Glibc
import TestSupport
import Testing

@testable import PluginLoading

/// Folders on file systems that do not serve: in a mount namespace of the test's own, which takes root.
@Suite(.enabled(if: canMount, "unshare -m is not allowed here")) struct StagingMountTests {
    @Test func rootThatIsMountedNoexecIsRefused() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            try mount("noexec", at: folder.path)
            let error = #expect(throws: LoadingError.self) { _ = try StagingFolder(under: folder.file("staging")) }
            #expect(error?.code == "load.staging")
            #expect(error?.description.contains("\(folder.file("staging")) is mounted noexec") == true)
            #expect(error?.description.contains("stagingDirectory") == true)
            try unmount(folder.path)
        }
    }

    @Test func copyThatDoesNotFitSaysHowMuchItNeeds() async {
        await #expect(processExitsWith: .success) {
            let (folder, small) = (try TemporaryFolder(), try TemporaryFolder())
            try mount("size=65536", at: small.path)
            let source = try folder.write([UInt8](repeating: 7, count: 1 << 20), to: "plugin.so")
            let staging = try StagingFolder(under: small.file("staging"))
            let error = #expect(throws: LoadingError.self) { _ = try StagedImage(copying: source, into: staging) }
            #expect(error?.code == "load.space")
            #expect(error?.description.contains("1048576") == true)
            let kept = try StagedImage(copying: folder.write([1], to: "small.so"), into: staging)
            #expect(try readFile(kept.path) == [1], "the failed copy gave its room back")
            staging.remove()
            try unmount(small.path)
        }
    }
}

private let canMount = (try? Command.run(["unshare", "-m", "true"]).exitCode) == 0

/// Mounts a tmpfs that this thread, and what it starts, alone can see.
private func mount(_ options: String, at path: String) throws {
    // unshare(2), which Glibc's Swift module lacks; 0x20000 is CLONE_NEWNS.
    let address = try #require(dlsym(nil, "unshare"))
    let unshare = unsafeBitCast(address, to: (@convention(c) (Int32) -> Int32).self)
    try #require(unshare(0x20000) == 0)
    for arguments in [
        ["mount", "--make-rprivate", "/"], ["mount", "-t", "tmpfs", "-o", "mode=700,\(options)", "tmpfs", path],
    ] {
        let command = try Command.run(arguments)
        guard command.exitCode == 0 else { throw TestSupportError(command.stderr) }
    }
}

private func unmount(_ path: String) throws {
    _ = try Command.run(["umount", "-l", path])
}
