import PluginHost
import TestSupport
import Testing

/// load, bind and call, end to end with compiled plugins.
@Suite struct LoadTests {
    @Test(arguments: Fixture.Compiler.allCases)
    func pluginOfEveryCompilerIsCalled(_ compiler: Fixture.Compiler) async throws {
        try await withHost { host, folder in
            let isCPlusPlus = compiler == .clangPlusPlus || compiler == .gPlusPlus
            let path = try Fixture.build(
                .file(isCPlusPlus ? "speaks.cpp" : "answers.c"), compiler: compiler,
                flags: [isCPlusPlus ? "-std=c++17" : "-std=c11", "-DVERSION=\"1.0.0\"", "-DANSWER=42"], into: folder)
            let reply = try await host.load(path)
            #expect(!reply.unchanged && reply.isCurrent && reply.loaded.generation == 1)
            if isCPlusPlus {
                let twice = try host.bind(
                    "speaks", "^1", Export("twice", as: (@convention(c) (Int32) -> Int32).self))
                #expect(try twice { $0(21) } == 42)
                #expect(try host.messages("speaks", "^1", "shout").send("quiet") == "QUIET")
            } else {
                #expect(try call(host.bind("answers", "^1", answer)) == 42)
                #expect(try host.messages("answers", "^1", "tell").send("") == "1.0.0 says 42")
            }
        }
    }

    @Test func replyTellsWhatIsTrue() async throws {
        try await withHost { host, folder in
            let reply = try await host.load(Plugins.answers("1.2.3", answer: 1, into: folder))
            #expect(reply.plugin == "answers")
            #expect("\(reply.loaded.version)" == "1.2.3")
            #expect(reply.unloadClass == .unloadable)
            #expect(reply.protection == "folder")
            #expect(reply.warnings == [])
            let status = try #require(host.list().first)
            #expect(status.stamp == reply.loaded && status.state == .current && status.callsInFlight == 0)
        }
    }

    @Test func veryImageThatIsLoadedIsLeftAlone() async throws {
        try await withHost { host, folder in
            let path = try Plugins.answers("1.0.0", answer: 1, into: folder)
            let first = try await host.load(path)
            let again = try await host.load(path)
            #expect(again.unchanged && again.loaded == first.loaded)
            #expect(host.list().count == 1)
            #expect(mappedCopies(under: folder).count == 1)
        }
    }

    @Test func twoLoadsOfOneImageAtOnceMakeOneGeneration() async throws {
        try await withHost { host, folder in
            let path = try Plugins.counts("1.0.0", into: folder)
            async let first = host.load(path)
            async let second = host.load(path)
            let replies = try await [first, second]
            #expect(replies.filter(\.unchanged).count == 1)
            #expect(replies[0].loaded == replies[1].loaded)
            #expect(host.list().count == 1)
            #expect(mappedCopies(under: folder).count == 1)
        }
    }

    @Test func sameVersionFromAnotherImageIsRefused() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let rebuilt = try Plugins.answers("1.0.0", answer: 2, into: folder)
            guard case .refused(let report) = try await hostError({ _ = try await host.load(rebuilt) }) else {
                Issue.record("not refused")
                return
            }
            #expect(report.refusals.map(\.code) == ["version.duplicate"])
            #expect(try call(host.bind("answers", "^1", answer)) == 1)
        }
    }

    @Test func versionsServeSideBySide() async throws {
        try await withHost { host, folder in
            for (version, value) in [("1.0.0", 10), ("1.1.0", 11), ("2.0.0", 20)] {
                let reply = try await host.load(Plugins.answers(version, answer: value, into: folder))
                #expect(reply.isCurrent == (version != "1.1.0"))
            }
            #expect(try call(host.bind("answers", "^1", answer)) == 10)
            #expect(try call(host.bind("answers", "^1.1", answer)) == 11)
            #expect(try call(host.bind("answers", "^2", answer)) == 20)
            #expect(try host.messages("answers", "*", "tell").send("") == "2.0.0 says 20")
            #expect(
                host.list().map { "\($0.stamp.version) \($0.state)" } == [
                    "2.0.0 current", "1.1.0 loaded", "1.0.0 current",
                ])
            #expect(host.list().map(\.routes) == [["*", "^2"], ["^1.1"], ["^1"]])
        }
    }

    @Test(arguments: [[], ["-fvisibility=default"]])
    func equalSymbolsOfTwoPluginsNeverClash(_ flags: [String]) async throws {
        try await withHost { host, folder in
            let first = try Plugins.build("process_first.c", flags: flags, into: folder)
            let second = try Plugins.build("process_second.c", flags: flags, into: folder)
            let undeclared = flags.isEmpty ? [] : ["exports.undeclared"]
            #expect(try await host.load(first).warnings.map(\.code) == undeclared)
            #expect(try await host.load(second).warnings.map(\.code) == undeclared)
            let process = Export("process", as: (@convention(c) (Int32) -> Int32).self)
            let (one, two) = (try host.bind("first", "^1", process), try host.bind("second", "^1", process))
            #expect(try one { $0(5) } == 5 + 1000 + 1)
            #expect(try two { $0(5) } == 5 + 2000 + 501)
            #expect(try one { $0(5) } == 5 + 1000 + 2, "each has variables of its own")
        }
    }

    @Test func undeclaredExportsAreAnErrorByPolicyWithTheRemedy() async throws {
        try await withHost({ $0.policy.undeclaredExports = .refuse }) { host, folder in
            let path = try Plugins.build("process_first.c", flags: ["-fvisibility=default"], into: folder)
            guard case .refused(let report) = try await hostError({ _ = try await host.load(path) }) else {
                Issue.record("not refused")
                return
            }
            let finding = try #require(report.refusals.first)
            #expect(finding.code == "exports.undeclared")
            #expect(finding.remedy.contains("-fvisibility=hidden") && finding.remedy.contains("version-script"))
        }
    }

    @Test func requiredPluginMustServeInItsRange() async throws {
        try await withHost { host, folder in
            let needy = try Plugins.build("needs_answers.c", flags: ["-DRANGE=\"^1.1\""], into: folder)
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            guard case .refused(let report) = try await hostError({ _ = try await host.load(needy) }) else {
                Issue.record("not refused")
                return
            }
            #expect(report.refusals.map(\.code) == ["requires.present"])
            _ = try await host.load(Plugins.answers("1.1.0", answer: 1, into: folder))
            #expect(try await host.load(needy).plugin == "needs-answers")
        }
    }

    @Test func lifecycleSymbolThatIsDataIsNeverCalled() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.build("start_is_data.c", into: folder))
            #expect(try call(host.bind("start-is-data", "^1", answer)) == 5)
        }
    }

    @Test func twoHostsInOneProcessDoNotShareAnything() async throws {
        try await withHost { one, folder in
            try await withHost { two, _ in
                let path = try Plugins.counts("1.0.0", into: folder)
                _ = try await one.load(path)
                _ = try await two.load(path)
                let count = Export("count", as: (@convention(c) (UnsafeMutableRawPointer?) -> Int32).self)
                let (first, second) = (try one.bind("counts", "^1", count), try two.bind("counts", "^1", count))
                for expected in 1...3 { #expect(try first { $0($1) } == Int32(expected)) }
                #expect(try second { $0($1) } == 1)
                _ = try await one.unload("counts")
                #expect(throws: BindingError.unloaded(route: "counts ^1")) { try first { $0($1) } }
                #expect(try second { $0($1) } == 2)
                #expect(one.status().stagingDirectory != two.status().stagingDirectory)
            }
        }
    }
}
