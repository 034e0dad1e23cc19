import PluginHost

typealias Add = @convention(c) (Int32, Int32) -> Int32

func runHost(adder: String, newer: String) async throws -> [Int32] {
    let host = try PluginHost()
    _ = try await host.load(adder)
    let add = try host.bind("adder", "^1.2", Export("add", as: Add.self))
    let before = try add { $0(2, 3) }
    let swapped = try await host.swap("adder", to: newer)
    print("serving \(swapped.new.version), the old version is \(swapped.retired.map { "\($0)" } ?? "none")")
    let after = try add { $0(2, 3) }
    await host.shutdown()
    return [before, after]
}
