// plugbench [scenario…] [--adder FILE] [--include DIR] [--pairs N] [--json] [--list]
//
// Measures what the house promises, each scenario beside its baseline within one run.

internal import Glibc

do {
    let arguments = try Arguments(CommandLine.arguments.dropFirst())
    if arguments.isList {
        for scenario in Scenario.allCases { print("\(scenario.rawValue.padded(to: 12))\(scenario.summary)") }
        exit(0)
    }
    for scenario in arguments.scenarios {
        let rows = try await scenario.run(arguments)
        print(arguments.isJSON ? try json(rows) : table(rows), terminator: "")
        // Each as soon as it is there: the whole takes minutes.
        _ = fflush(nil)
    }
} catch let error as BenchError {
    note("error[\(error.code)]: \(error)")
    exit(error.exitCode)
} catch {
    note("error[bench.failed]: \(error)")
    exit(1)
}

/// Says something on stderr.
func note(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    // SAFETY: write(2) reads the array, which lives across the call. Where stderr is closed there is nobody to tell.
    _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
