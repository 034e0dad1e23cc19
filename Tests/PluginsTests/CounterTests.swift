import Testing

@testable import PluginHost

/// Counter in a host: state that lives in a generation's instance, behind messages and behind a plain C function.
@Suite(.serialized)
struct CounterTests {
    private typealias Add = @convention(c) (UnsafeMutableRawPointer?, Int64) -> Int64

    @Test func countsInItsInstance() async throws {
        try await withCounter { host in
            let increment = try host.messages("counter", "^1", "increment")
            let total = try host.messages("counter", "^1", "total")
            let add = try host.bind("counter", "^1", Export("counter_add", as: Add.self))
            #expect(try total.send("") == "0")
            #expect(try increment.send("") == "1")
            #expect(try increment.send("41") == "42")
            #expect(try add { function, instance in function(instance, -2) } == 40)
            #expect(try total.send("") == "40")
        }
    }

    @Test(arguments: [
        "five", "5 ", "5\0", "1.5", "9223372036854775808", "-9223372036854775809", "+", "0000000000000000000000001",
    ])
    func refusesWhatIsNoWholeNumber(request: String) async throws {
        try await withCounter { host in
            let increment = try host.messages("counter", "^1", "increment")
            let error = #expect(throws: PluginHostError.self) { try increment.send(request) as String }
            #expect(error?.description.contains("the request is no whole number") == true)
            #expect(try host.messages("counter", "^1", "total").send("") == "0")
        }
    }

    @Test func losesNoIncrementOfManyThreads() async throws {
        try await withCounter { host in
            let increment = try host.messages("counter", "^1", "increment")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { for _ in 0..<5_000 { _ = try increment.send("1") as String } }
                }
                try await group.waitForAll()
            }
            #expect(try host.messages("counter", "^1", "total").send("") == "40000")
        }
    }

    @Test(arguments: [("1.0.0", "1.1.0"), ("1.1.0", "1.0.0")], ["0", "42", "-9223372036854775808"])
    func handsItsCountOverUpwardsAndDownwards(_ versions: (String, String), _ total: String) async throws {
        try await withCounter(["1.0.0", "1.1.0"]) { host in
            let (old, new) = (try generation(versions.0, in: host), try generation(versions.1, in: host))
            #expect(try count(total, in: versions.0, of: host) == total)
            #expect(try count("7", in: versions.1, of: host) == "7")
            let state = try await old.save(within: .seconds(30), limitBytes: 1024)
            try await new.restore(schema: 1, state: state, within: .seconds(30))
            #expect(try count("0", in: versions.1, of: host) == total, "in place of what it had")
            #expect(try count("0", in: versions.0, of: host) == total, "and the old one still has it")
        }
    }

    @Test(arguments: [
        (2, "42", "the state has schema 2, this counter reads schema 1"),
        (0, "42", "the state has schema 0, this counter reads schema 1"),
        (1, "", "the state is no whole number"),
        (1, "42 ", "the state is no whole number"),
        (1, "0000000000000000000000042", "the state is no whole number"),
    ])
    func refusesAStateThatItCannotRead(_ schema: UInt32, _ state: String, _ words: String) async throws {
        try await withCounter { host in
            #expect(try count("5", in: "1.0.0", of: host) == "5")
            let counter = try generation("1.0.0", in: host)
            await #expect(throws: LifecycleFailure.refused("swb_restore", code: 1, words: words)) {
                try await counter.restore(schema: schema, state: Array(state.utf8), within: .seconds(30))
            }
            #expect(try count("0", in: "1.0.0", of: host) == "5")
        }
    }

    private func count(_ amount: String, in version: String, of host: PluginHost) throws -> String {
        String(decoding: try host.call("counter", "=\(version)", "increment", Array(amount.utf8)), as: UTF8.self)
    }

    private func generation(_ version: String, in host: PluginHost) throws -> Generation {
        try #require(
            host.state.withLock { $0.records.values.map(\.generation).first { "\($0.version)" == version } })
    }

    private func withCounter(
        _ versions: [String] = ["1.0.0"], _ body: (PluginHost) async throws -> Void
    ) async throws {
        let paths = try versions.map { try BuiltPlugins.path("counter", $0) }
        let host = try PluginHost(HostConfiguration(log: { _ in }))
        do {
            for path in paths { _ = try await host.load(path) }
            try await body(host)
        } catch {
            await host.shutdown()
            throw error
        }
        await host.shutdown()
    }
}
