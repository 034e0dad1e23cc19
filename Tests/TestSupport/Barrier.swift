import Glibc

/// Where a test holds a plugin (`Tests/Fixtures/barrier.h`): two named pipes, open at both ends as long as this object.
package final class Barrier: Sendable {
    /// What the plugin is compiled with.
    package let path: String
    private let entered: Int32
    private let release: Int32

    /// Makes the pipes in `folder`, whose removal is theirs.
    package init(in folder: TemporaryFolder, named name: String = "barrier") throws {
        path = folder.file(name)
        var descriptors: [Int32] = []
        for suffix in [".entered", ".release"] {
            guard mkfifo(path + suffix, 0o600) == 0 else { throw TestSupportError("mkfifo \(path)\(suffix): \(errno)") }
            descriptors.append(Glibc.open(path + suffix, O_RDWR | O_CLOEXEC))
        }
        (entered, release) = (descriptors[0], descriptors[1])
    }

    /// Comes to the barrier as a plugin does, and waits.
    package func wait() {
        var byte: UInt8 = 0
        _ = write(entered, &byte, 1)
        _ = read(release, &byte, 1)
    }

    /// Waits until a plugin has come; throws when none does in half a minute.
    package func waitUntilEntered() async throws {
        try await onThread { [entered] in
            var descriptor = pollfd(fd: entered, events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, 30_000) == 1 else { throw TestSupportError("no plugin came to the barrier") }
            var byte: UInt8 = 0
            guard read(entered, &byte, 1) == 1 else { throw TestSupportError("the barrier's pipe broke") }
        }
    }

    /// Lets so many of the plugins that wait here, or will, go on.
    package func open(for count: Int = 1) {
        let bytes = [UInt8](repeating: 0, count: count)
        _ = write(release, bytes, count)
    }

    deinit {
        close(entered)
        close(release)
    }
}
