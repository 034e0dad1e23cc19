// plugbench [scenario…] [--adder FILE] [--pairs N] [--json]
//
// Measures what the house promises, each scenario as ratios that are paired within one run.

internal import Glibc

do {
    let arguments = try Arguments(CommandLine.arguments.dropFirst())
    for scenario in arguments.scenarios {
        let rows = try scenario.run(arguments)
        print(arguments.isJSON ? try json(rows) : table(rows), terminator: "")
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
