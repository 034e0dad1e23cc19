import Glibc
import TestSupport

/// Where a test holds a plugin (`Tests/Fixtures/barrier.h`): two named pipes, open at both ends as long as this object.
final class Barrier: Sendable {
    /// What the plugin is compiled with.
    let path: String
    private let entered: Int32
    private let release: Int32

    init(in folder: TemporaryFolder, named name: String = "barrier") throws {
        path = folder.file(name)
        var descriptors: [Int32] = []
        for suffix in [".entered", ".release"] {
            guard mkfifo(path + suffix, 0o600) == 0 else { throw TestSupportError("mkfifo \(path)\(suffix): \(errno)") }
            descriptors.append(Glibc.open(path + suffix, O_RDWR | O_CLOEXEC))
        }
        (entered, release) = (descriptors[0], descriptors[1])
    }

    /// Waits until a plugin has come; throws when none does in half a minute.
    func waitUntilEntered() async throws {
        try await onThread { [entered] in
            var descriptor = pollfd(fd: entered, events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, 30_000) == 1 else { throw TestSupportError("no plugin came to the barrier") }
            var byte: UInt8 = 0
            guard read(entered, &byte, 1) == 1 else { throw TestSupportError("the barrier's pipe broke") }
        }
    }

    /// Lets so many of the plugins that wait here, or will, go on.
    func open(for count: Int = 1) {
        let bytes = [UInt8](repeating: 0, count: count)
        _ = write(release, bytes, count)
    }

    deinit {
        close(entered)
        close(release)
    }
}

/// Runs a body that blocks on a thread of its own: the pool of the tests has one thread per core, and must not run dry.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        let job = Unmanaged.passRetained(Job { continuation.resume(with: Result { try body() }) })
        var thread = pthread_t()
        let error = pthread_create(
            &thread, nil,
            { argument in
                argument.map { Unmanaged<Job>.fromOpaque($0).takeRetainedValue().body() }
                return nil
            }, job.toOpaque())
        guard error == 0 else {
            job.release()
            return continuation.resume(throwing: TestSupportError("pthread_create: \(error)"))
        }
        pthread_detach(thread)
    }
}

private final class Job: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
