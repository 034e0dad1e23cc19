import PluginHost
import Testing

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

    private func withCounter(_ body: (PluginHost) async throws -> Void) async throws {
        let path = try BuiltPlugins.path("counter", "1.0.0")
        let host = try PluginHost(HostConfiguration(log: { _ in }))
        do {
            _ = try await host.load(path)
            try await body(host)
        } catch {
            await host.shutdown()
            throw error
        }
        await host.shutdown()
    }
}
