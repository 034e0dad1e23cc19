import Glibc
import PluginHost
import TestSupport
import Testing

/// unload, and what becomes of the image by its class.
@Suite(.timeLimit(.minutes(2))) struct UnloadTests {
    @Test func plainCIsUnmapped() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            #expect(try mapsLines(under: folder) > 0)
            let reply = try await host.unload("answers")
            #expect(reply.retired.map(\.outcome) == [.unmapped])
            #expect(mappedCopies(under: folder) == [], "dl_iterate_phdr")
            #expect(try mapsLines(under: folder) == 0, "/proc/self/maps")
            #expect(try copies(of: host) == [], "the private copy goes with the mapping")
            #expect(host.list(includingRetired: true).isEmpty)
        }
    }

    @Test func pluginThatImportsThreadsStaysAndTheReplySaysWhy() async throws {
        try await withHost { host, folder in
            let loaded = try await host.load(Plugins.build("creates_threads.c", into: folder))
            #expect(loaded.unloadClass == .resident)
            let run = try host.bind("threads", "^1", Export("run", as: (@convention(c) () -> Int32).self))
            #expect(try call(run) == 0)
            let reply = try await host.unload("threads")
            guard case .resident(let reason) = reply.retired.first?.outcome else {
                Issue.record("not resident"); return
            }
            #expect(reason.contains("pthread_create"), "the reason that the file gave, not only that there is one")
            #expect(mappedCopies(under: folder).count == 1)
            #expect(try copies(of: host).count == 1, "debuggers read symbols from it")
            #expect(host.list().isEmpty)
            let status = try #require(host.list(includingRetired: true).first)
            #expect(status.state == .resident && status.reason == reason)
            #expect(throws: BindingError.self) { try call(run) }
        }
    }

    @Test func vouchedForPluginIsUnmappedThoughItImportsThreads() async throws {
        try await withHost { host, folder in
            let path = try Fixture.build(
                """
                #include <pthread.h>
                #include <switchboard.h>
                SWB_MANIFEST("name = vouched\\n" "version = 1.0.0\\n" "unload = clean\\n" "export = run\\n");
                SWB_EXPORT int32_t run(void) { return (int32_t)pthread_create(0, 0, 0, 0); }
                """, named: "vouched", flags: ["-Wno-nonnull"], into: folder)
            #expect(try await host.load(path).unloadClass == .unloadable)
            #expect(try await host.unload("vouched").retired.map(\.outcome) == [.unmapped])
            #expect(mappedCopies(under: folder) == [])
        }
    }

    @Test func swiftPluginIsNeverUnmappedAndCastsGoOn() async throws {
        try await withHost { host, folder in
            let path = try buildSwiftPlugin(into: folder)
            let loaded = try await host.load(path)
            #expect(loaded.unloadClass == .resident)
            let tell = try host.messages("swift-plugin", "^1", "tell")
            #expect(try tell.send("") == "3 words")
            let reply = try await host.unload("swift-plugin")
            guard case .resident(let reason) = reply.retired.first?.outcome else {
                Issue.record("not resident"); return
            }
            #expect(reason.contains("Swift") || reason.contains("swift"))
            #expect(mappedCopies(under: folder).count == 1)
            // A cast that walks all conformance records: with the image unmapped it would crash.
            #expect((Unlisted<Int>() as Any) is any CustomStringConvertible == false)
        }
    }

    /// The dynamic linker keeps such an image until the thread has ended and something else is closed; the ledger and the
    /// copy on disk stayed for ever.
    @Test func imageKeptForAThreadsDestructorsGoesAtTheNextCloseAfterTheThread() async throws {
        try await withHost { host, folder in
            let loaded = try await host.load(Plugins.build("leaves_destructors.c", into: folder))
            #expect(loaded.unloadClass == .deferred)
            let other = try Plugins.answers("1.0.0", answer: 1, into: folder)
            let leave = try host.messages("leaves-destructors", "^1", "leave")
            let barrier = try Barrier(in: folder)
            let waits = try await host.load(Plugins.build("waits_in_call.c", barrier: barrier, into: folder))
            let wait = try host.messages(waits.plugin, "^1", "wait")
            async let thread = onThread {
                _ = try leave.send("")
                return try wait.send("")
            }
            try await barrier.waitUntilEntered()
            guard case .resident(let reason) = try await host.unload("leaves-destructors").retired.first?.outcome else {
                Issue.record("not resident"); return
            }
            #expect(reason.contains("destructors"))
            #expect(host.list(includingRetired: true).map(\.state).contains(.resident))
            barrier.open()
            _ = try await thread
            // The thread has answered and may still be on its way out.
            repeat {
                _ = try await host.load(other)
                _ = try await host.unload("answers")
            } while host.list(includingRetired: true).contains { $0.plugin == "leaves-destructors" }
            #expect(mappedCopies(under: folder).count == 1)
            #expect(try copies(of: host).count == 1)
        }
    }

    @Test func oneVersionOfSeveralGoes() async throws {
        try await withHost { host, folder in
            for (version, value) in [("1.0.0", 1), ("1.1.0", 2), ("2.0.0", 3)] {
                _ = try await host.load(Plugins.answers(version, answer: value, into: folder))
            }
            let binding = try host.bind("answers", "^1", answer)
            let reply = try await host.unload("answers", SemanticVersion("1.0.0"))
            #expect(reply.retired.map { "\($0.stamp.version)" } == ["1.0.0"])
            #expect(try call(binding) == 2, "the route falls back to 1.1.0")
            let rest = try await host.unload("answers")
            #expect(rest.retired.map { "\($0.stamp.version)" } == ["1.1.0", "2.0.0"])
            #expect(throws: BindingError.unloaded(route: "answers ^1")) { try call(binding) }
            let error = try await hostError { _ = try await host.unload("answers") }
            #expect(error.code == "not-found")
        }
    }

    @Test func bindingServesAgainAfterTheNextLoad() async throws {
        try await withHost { host, folder in
            let path = try Plugins.answers("1.0.0", answer: 1, into: folder)
            _ = try await host.load(path)
            let binding = try host.bind("answers", "^1", answer)
            _ = try await host.unload("answers")
            #expect(throws: BindingError.self) { try call(binding) }
            let error = #expect(throws: PluginHostError.self) { _ = try host.bind("answers", "^1", answer) }
            #expect(error?.code == "not-found")
            #expect(try await host.load(path).loaded.generation == 2)
            #expect(try call(binding) == 1)
        }
    }
}

/// A generic type that conforms to nothing: no cast of it was ever cached.
private struct Unlisted<Value> { let value: Value? = nil }

/// How many mappings of this process are of files under `folder`.
private func mapsLines(under folder: TemporaryFolder) throws -> Int {
    try Command.run(["grep", "-c", folder.path, "/proc/\(getpid())/maps"]).stdout.split(separator: "\n").first
        .flatMap { Int($0) } ?? 0
}

/// The private copies that the host holds on disk.
func copies(of host: PluginHost) throws -> [String] {
    try Command.run(["ls", host.status().stagingDirectory]).stdout.split(separator: "\n").map(String.init)
        .filter { $0 != "lock" }
}

/// A Swift plugin with a type and a conformance of its own.
///
/// The manifest's two filled-in lines are what the manifest tool writes.
private func buildSwiftPlugin(into folder: TemporaryFolder) throws -> String {
    let source = try folder.write(
        """
        import Glibc
        protocol Counting { func count() -> Int }
        struct Words: Counting { let text: String; func count() -> Int { text.split(separator: " ").count } }
        @c public func tell_swift(_ text: UnsafePointer<CChar>) -> Int32 {
            let words: any Counting = Words(text: String(cString: text))
            return Int32(words.count())
        }
        """, to: "plugin.swift")
    let version = try HostFacts.swiftVersionOfTests
    let glue = try folder.write(
        """
        #include <stdio.h>
        #include <switchboard.h>
        #undef SWB_TOOLCHAIN
        #define SWB_TOOLCHAIN "swift \(version)"
        SWB_MANIFEST("name = swift-plugin\\n" "version = 1.0.0\\n" "export = tell message\\n");
        int32_t tell_swift(const char *text);
        SWB_MESSAGE(tell) {
          char text[32];
          snprintf(text, sizeof text, "%d words", tell_swift("one two three"));
          return swb_reply_text(call, text);
        }
        """, to: "glue.c")
    let (object, result) = (folder.file("glue.o"), folder.file("swift-plugin.so"))
    for arguments in [
        ["clang", "-O1", "-fPIC", "-fvisibility=hidden", "-I\(Fixture.includeFolder)", "-c", glue, "-o", object],
        [
            "swiftc", "-O", "-parse-as-library", "-emit-library", "-module-name", "plugin_1_0_0", source, object, "-o",
            result,
        ],
    ] {
        let command = try Command.run(arguments)
        guard command.exitCode == 0 else { throw TestSupportError(command.stderr) }
    }
    return result
}

extension HostFacts {
    /// The compiler that built the tests builds the plugin too.
    fileprivate static var swiftVersionOfTests: String {
        get throws {
            let words = try Command.run(["swiftc", "--version"])
            let text = (words.stdout + words.stderr).split(separator: "Swift version ", maxSplits: 1).last ?? ""
            return String(text.prefix { $0 != " " })
        }
    }
}
