import Glibc
import LinuxSystem
import PluginHost
import TestSupport
import Testing

/// Images that their authors vouch for, unmapped only once no thread's stack leads into them.
@Suite(.timeLimit(.minutes(2))) struct RetireProofTests {
    @Test func aThreadAsleepInASystemCallKeepsTheImageUntilItHasEnded() async throws {
        try await withHost { host, folder in
            let barrier = try Barrier(in: folder)
            let path = try Plugins.build("vouched_thread_sleeps.c", barrier: barrier, into: folder)
            #expect(try await host.load(path).unloadClass == .unloadable)
            try await barrier.waitUntilEntered()
            try await eventually { if case .asleep? = try activity(of: "left-asleep") { true } else { false } }
            let reason = try await residentReason(of: "vouched-sleeps", in: host)
            #expect(reason.contains("its code is on the stack of thread") && reason.contains("(left-asleep)"))
            #expect(mappedCopies(under: folder).count == 1)
            #expect(host.list(includingRetired: true).map(\.state) == [.resident])
            barrier.open()
            try await unmapsAtALaterUnload(host, folder)
        }
    }

    @Test func aThreadThatSpinsInThePluginKeepsTheImageUntilItHasEnded() async throws {
        try await withHost { host, folder in
            let word = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
            word.initialize(to: 0)
            defer { word.deallocate() }
            let path = try Plugins.build("vouched_thread_spins.c", into: folder)
            #expect(try await host.load(path).unloadClass == .unloadable)
            let spin = try host.bind(
                "vouched-spins", "^1", Export("spin", as: (@convention(c) (UnsafeMutableRawPointer) -> Int32).self))
            #expect(try spin { $0(word) } == 0)
            try await eventually { try activity(of: "left-spinning") == .running }
            let reason = try await residentReason(of: "vouched-spins", in: host)
            #expect(reason.contains("(left-spinning)") && reason.contains("a later unload looks again"))
            #expect(mappedCopies(under: folder).count == 1)
            // The fixture loads it atomically; a plain store of a word is one on every machine that this runs on.
            word.pointee = 1
            try await eventually { try activity(of: "left-spinning") == nil }
            try await unmapsAtALaterUnload(host, folder)
        }
    }

    private func residentReason(of plugin: String, in host: PluginHost) async throws -> String {
        guard case .resident(let reason) = try await host.unload(plugin).retired.first?.outcome else {
            throw TestSupportError("\(plugin) was unmapped")
        }
        return reason
    }

    /// Some thread of the tests may run whenever it is looked at: then it is the unload after that.
    private func unmapsAtALaterUnload(_ host: PluginHost, _ folder: TemporaryFolder) async throws {
        let other = try Plugins.answers("1.0.0", answer: 1, into: folder)
        repeat {
            _ = try await host.load(other)
            _ = try await host.unload("answers")
        } while !host.list(includingRetired: true).isEmpty
        #expect(mappedCopies(under: folder) == [])
        #expect(try copies(of: host) == [])
    }

    /// What the thread of that name does; `nil` where there is none.
    private func activity(of name: String) throws -> ThreadStatus.Activity? {
        let threads = try PrivateFolder.names(in: "/proc/self/task").compactMap { Int32($0) }
        return threads.first { ThreadStatus(id: $0).name == name }.map { ThreadStatus.activity(of: $0) }
    }
}
