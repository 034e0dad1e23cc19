import Glibc

// What a test waits by: never a measure of time.

/// Waits for something that another thread is about to make true.
///
/// Not a measure of time: the limit only ends a failed test.
package func eventually(_ condition: () async throws -> Bool) async throws {
    let limit = ContinuousClock.now.advanced(by: .seconds(30))
    while try await !condition() {
        guard ContinuousClock.now < limit else { throw TestSupportError("it never came true") }
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// Runs a body that blocks on a thread of its own: the pool of the tests has one thread per core, and must not run dry.
package func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
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
