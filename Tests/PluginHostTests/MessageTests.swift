import PluginHost
import TestSupport
import Testing

/// Message exports: bytes in, bytes out.
@Suite struct MessageTests {
    private func withReplies(
        limit: Int? = nil, _ body: (_ messages: (String) throws -> MessageBinding) throws -> Void
    ) async throws {
        try await withHost({ if let limit { $0.replyLimit = limit } }) { host, folder in
            _ = try await host.load(Plugins.build("replies.c", into: folder))
            try body { try host.messages("replies", "^1", $0) }
        }
    }

    @Test(arguments: [0, 1, 4096, 3 << 20])
    func replyIsWhatWasWritten(_ count: Int) async throws {
        try await withReplies { messages in
            let request = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let echo = try messages("echo")
            #expect(try echo.send(request) == request)
        }
    }

    @Test func textGoesInAndOut() async throws {
        try await withReplies { messages in
            let echo = try messages("echo")
            #expect(try echo.send("zwölf 🐎") == "zwölf 🐎")
            let silent = try messages("silent")
            #expect(try silent.send("anything") == "")
        }
    }

    @Test func errorCarriesThePluginsCodeAndWords() async throws {
        try await withReplies { messages in
            let fails = try messages("fails")
            let error = #expect(throws: PluginHostError.self) { try fails.send("17") }
            guard case .pluginFailed(let plugin, let step, let detail) = error else {
                Issue.record("other error"); return
            }
            #expect(plugin == "replies")
            #expect(step == "call of fails")
            #expect(detail == "code 7: no such rule: 17")
        }
    }

    @Test func replyInManyPiecesIsOneReply() async throws {
        try await withReplies { messages in
            let pieces = try messages("pieces")
            #expect(try pieces.send([]) == [UInt8](repeating: UInt8(ascii: "p"), count: 1 << 20))
        }
    }

    @Test func replyOfExactlyTheLimitFits() async throws {
        try await withReplies(limit: 1 << 20) { messages in
            let pieces = try messages("pieces")
            #expect(try pieces.send([]).count == 1 << 20)
        }
    }

    @Test func replyOverTheLimitIsRefusedToThePlugin() async throws {
        try await withReplies(limit: (1 << 20) - 1) { messages in
            let pieces = try messages("pieces")
            let error = #expect(throws: PluginHostError.self) { try pieces.send([]) }
            #expect(error?.code == "plugin-failed")
        }
    }

    @Test func pieceOverTheLimitAppendsNothingAndASmallerOneStillFits() async throws {
        try await withReplies(limit: 1050) { messages in
            let binding = try messages("keeps_writing")
            let error = #expect(throws: PluginHostError.self) { try binding.send([]) }
            guard case .pluginFailed(_, _, let detail) = error else { Issue.record("other error"); return }
            #expect(detail == "code 10: " + String(repeating: "k", count: 1000) + "!")
        }
    }

    @Test func pluginSeesTheDeadline() async throws {
        try await withReplies { messages in
            let deadline = try messages("deadline")
            #expect(try deadline.send("") == "none")
            #expect(try deadline.send("", within: .seconds(3600)) == "ahead")
            #expect(try deadline.send("", within: .zero) == "passed")
            #expect(try deadline.send("", within: .seconds(Int64.max)) == "ahead")
            #expect(try deadline.send("", within: .nanoseconds(Int64.max)) == "ahead")
            #expect(try deadline.send("", within: .seconds(-5)) == "passed")
            let trace = try messages("trace")
            #expect(try trace.send("") == "empty")
        }
    }

    @Test func instanceComesFromStartAndCallsShareIt() async throws {
        let log = Log()
        try await withHost({ $0.log = log.sink }) { host, folder in
            _ = try await host.load(Plugins.counts("1.0.0", into: folder))
            let count = try host.bind(
                "counts", "^1", Export("count", as: (@convention(c) (UnsafeMutableRawPointer?) -> Int32).self))
            for _ in 1...5 { _ = try count { $0($1) } }
            #expect(try host.messages("counts", "^1", "report").send("") == "1.0.0 counted 5")
            #expect(log.texts == ["started"])
            _ = try await host.unload("counts")
        }
        #expect(log.texts == ["started", "stopped at 5"])
        #expect(log.all.map(\.severity) == [.info, .warning])
        #expect(log.all.allSatisfy { $0.plugin == "counts" })
    }

    @Test func logServiceBearsMisuse() async throws {
        let log = Log()
        try await withHost({ $0.log = log.sink }) { host, folder in
            _ = try await host.load(Plugins.build("logs.c", into: folder))
            _ = try host.messages("logs", "^1", "misuse").send("")
        }
        let texts = log.texts
        try #require(texts.count == 6)
        #expect(texts[0] == String(repeating: "l", count: 4096))
        #expect(texts[1] == "a\u{fffd}b")
        #expect(texts[2] == "")
        #expect(texts[3] == "severity" && log.all[3].severity == .error)
        #expect(texts[4] == "" && texts[5] == "")
    }
}
