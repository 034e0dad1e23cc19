import Glibc
import PluginHost
import TestSupport
import Testing

/// A forked child has the host's memory but none of its threads: it may call, not load or swap.
@Suite(.timeLimit(.minutes(2))) struct HostForkTests {
    @Test func loadAndSwapInAForkedChildThrowAndTheParentServesOn() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let host = try PluginHost(HostConfiguration(stagingDirectory: folder.file("staging"), log: { _ in }))
            let path = try Plugins.answers("1.0.0", answer: 1, into: folder)
            let next = try Plugins.answers("1.1.0", answer: 2, into: folder)
            _ = try await host.load(path)
            let binding = try host.bind("answers", "^1", answer)

            let child = ForkedChild.start()
            if child == 0 {
                // Only this thread is here: requests must answer on it, before any other has to do something.
                let answers = [
                    conflicts { _ = try await host.load(next) },
                    conflicts { _ = try await host.swap("answers", to: next) },
                    conflicts { _ = try await host.swap("answers", to: SemanticVersion("1.0.0")) },
                    conflicts { _ = try await host.unload("answers") },
                    conflicts { _ = try host.bind("answers", "^1", answer) },
                    conflicts { _ = try host.call("answers", "^1", "tell", []) },
                    finishes { await host.shutdown() },
                    (try? call(binding)) == 1,
                ]
                _exit(answers.firstIndex(of: false).map { Int32($0 + 1) } ?? 0)
            }
            let code = try ForkedChild.exitCode(of: child)
            #expect(code == 0, "the number of the first request that did not behave")
            #expect(access(host.status().stagingDirectory, F_OK) == 0, "the child did not take its parent's folder")
            #expect(try call(binding) == 1)
            _ = try await host.swap("answers", to: next)
            #expect(try call(binding) == 2)
            await host.shutdown()
        }
    }
}

/// Runs each job on the thread that hands it over: a forked child has no pool.
private final class CallingThread: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        UnownedJob(job).runSynchronously(on: asUnownedTaskExecutor())
    }
}

private final class Flag: @unchecked Sendable {  // one thread only
    var isSet = false
}

/// Whether `body` ends, here and now, with a conflict.
private func conflicts(_ body: @escaping @Sendable () async throws -> Void) -> Bool {
    let flag = Flag()
    _ = Task(executorPreference: CallingThread()) {
        do { try await body() } catch { flag.isSet = (error as? PluginHostError)?.code == "conflict" }
    }
    return flag.isSet
}

/// Whether `body` ends, here and now.
private func finishes(_ body: @escaping @Sendable () async -> Void) -> Bool {
    let flag = Flag()
    _ = Task(executorPreference: CallingThread()) {
        await body()
        flag.isSet = true
    }
    return flag.isSet
}
