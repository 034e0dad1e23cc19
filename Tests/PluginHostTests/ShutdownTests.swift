import CPin
import Glibc
import PluginHost
import PluginRegistry
import TestSupport
import Testing

/// shutdown, and a host that nobody holds.
@Suite(.timeLimit(.minutes(2))) struct ShutdownTests {
    @Test func afterwardsNothingIsLeftAndEveryRequestSaysSo() async throws {
        let folder = try TemporaryFolder()
        let host = try PluginHost(HostConfiguration(stagingDirectory: folder.file("staging"), log: { _ in }))
        let path = try Plugins.counts("1.0.0", into: folder)
        _ = try await host.load(path)
        _ = try await host.load(Plugins.build("creates_threads.c", into: folder))
        let report = try host.messages("counts", "^1", "report")
        let staging = host.status().stagingDirectory
        #expect(access(staging, F_OK) == 0)
        await host.shutdown()

        #expect(access(staging, F_OK) != 0, "removed, though the host is still held and one image stays mapped")
        #expect(mappedCopies(under: folder).count == 1)
        #expect(throws: BindingError.unloaded(route: "counts ^1")) { try report.send("") }
        for request in [
            { _ = try await host.load(path) }, { _ = try await host.swap("counts", to: path) },
            { _ = try await host.unload("counts") }, { _ = try host.messages("counts", "^1", "report") },
        ] {
            let error = try await hostError(request)
            #expect(error.code == "conflict" && error.description.contains("shut down"))
        }
        #expect(host.list(includingRetired: true).isEmpty)
        await host.shutdown()
    }

    @Test func endsEveryThreadAndClosesEveryDescriptor() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let plugin = try Plugins.counts("1.0.0", into: folder)
            func cycle() async throws {
                let host = try PluginHost(HostConfiguration(stagingDirectory: folder.file("staging"), log: { _ in }))
                _ = try await host.load(plugin)
                _ = try host.messages("counts", "^1", "report").send("")
                #expect(names(ofThreads: "swb-").count >= 2)
                await host.shutdown()
            }
            try await cycle()
            let before = Footprint.now(copiesUnder: folder.path)
            for _ in 1...20 { try await cycle() }
            #expect(names(ofThreads: "swb-") == [])
            #expect(Footprint.now(copiesUnder: folder.path).excess(over: before) == [])
        }
    }

    @Test func hostThatNobodyHoldsServesOn() async throws {
        let folder = try TemporaryFolder()
        let log = Log()
        func make() async throws -> (MessageBinding, () -> PluginHost?) {
            let host = try PluginHost(HostConfiguration(stagingDirectory: folder.file("staging"), log: log.sink))
            _ = try await host.load(Plugins.counts("1.0.0", into: folder))
            weak let held = host
            return (try host.messages("counts", "^1", "report"), { held })
        }
        let (report, host) = try await make()
        #expect(try report.send("") == "1.0.0 counted 0")
        #expect(log.texts == ["started"])
        await host()?.shutdown()
        #expect(log.texts == ["started", "stopped at 0"])
        #expect(throws: BindingError.self) { try report.send("") }
    }

    /// An unload whose drain timed out is still watched when the shutdown drains once more: both saw the call end, both
    /// called swb_stop.
    @Test func generationThatDrainsLateIsStoppedOnce() async throws {
        let log = Log()
        try await withHost({
            $0.drainLimit = .milliseconds(100)
            $0.log = log.sink
        }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("waits_in_call.c", barrier: barrier, into: folder))
            let wait = try host.messages("waits", "^1", "wait")
            async let inside = onThread { try wait.send("") }
            try await barrier.waitUntilEntered()
            #expect(try await hostError { _ = try await host.unload("waits") }.code == "timed-out")
            async let shutdown: Void = host.shutdown()
            // The shutdown has begun to drain once no request is served any more.
            try await eventually {
                do { _ = try host.messages("waits", "^1", "tell") } catch PluginHostError.conflict { return true } catch
                {}
                return false
            }
            barrier.open()
            _ = try await inside
            await shutdown
            #expect(log.texts.filter { $0 == "stopped" }.count <= 1)
        }
        #expect(log.texts == ["left", "stopped"])
    }

    @Test func callThatOutlivesTheShutdownKeepsWhatItWasLent() async {
        await #expect(processExitsWith: .success) { try await outliveTheShutdown() }
    }

    @Test func callThatOutlivesTheShutdownOfADegradedHostKeepsItToo() async {
        await #expect(processExitsWith: .success) {
            try Pins.start()
            #expect(cpin_testing_forbid_membarrier() == 0)
            try await outliveTheShutdown()
            #expect(Pins.protection == .degraded)
        }
    }

    @Test func shutdownWaitsForTheLoadThatIsUnderWay() async throws {
        let log = Log()
        try await withHost({ $0.log = log.sink }) { host, folder in
            let barrier = try Barrier(in: folder)
            let path = try Plugins.build("hangs_in_start.c", barrier: barrier, into: folder)
            async let load = hostError { _ = try await host.load(path) }
            try await barrier.waitUntilEntered()
            async let shutdown: Void = host.shutdown()
            try await eventually {
                do { _ = try host.messages("nobody", "^1", "x") } catch PluginHostError.conflict { return true } catch {
                }
                return false
            }
            barrier.open()
            await shutdown
            #expect(log.texts == ["started late", "stopped"], "started, not published, stopped, all before it ended")
            #expect(mappedCopies(under: folder) == [])
            #expect(try await load.code == "conflict")
        }
    }
}

/// The names of this process's threads that begin with `prefix`, sorted.
func names(ofThreads prefix: String) -> [String] {
    let tasks = (try? Command.run(["sh", "-c", "cat /proc/\(getpid())/task/*/comm"]).stdout) ?? ""
    return tasks.split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }.sorted()
}

/// A call is inside for longer than the shutdown waits.
///
/// What it was lent must stay until it returns: freed memory is overwritten here, so using it shows.
private func outliveTheShutdown() async throws {
    let log = Log(), folder = try TemporaryFolder()
    overwriteFreedMemory()
    let barrier = try Barrier(in: folder)
    let plugin = try Plugins.build("waits_in_call.c", barrier: barrier, into: folder)
    func shutDownAround() async throws -> Task<String, any Error> {
        let host = try PluginHost(
            HostConfiguration(stagingDirectory: folder.file("staging"), drainLimit: .milliseconds(50), log: log.sink))
        _ = try await host.load(plugin)
        let wait = try host.messages("waits", "^1", "wait")
        let inside = Task { try await onThread { try wait.send("") } }
        try await barrier.waitUntilEntered()
        await host.shutdown()
        return inside
    }
    let inside = try await shutDownAround()
    #expect(log.texts == [])
    barrier.open()
    #expect(try await inside.value == "finished in 1.0.0")
    #expect(log.texts == ["left"], "and nobody stops it any more")
}

/// mallopt(3) with M_PERTURB, which Glibc's Swift module lacks.
private func overwriteFreedMemory() {
    guard let address = dlsym(nil, "mallopt") else { return }
    let mallopt = unsafeBitCast(address, to: (@convention(c) (Int32, Int32) -> Int32).self)
    _ = mallopt(-6, 0xa5)
}
