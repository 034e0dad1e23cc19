import Glibc
import Testing

/// How much the soak does: short rounds in the suite, long ones by `scripts/soak [minutes]`.
struct Effort {
    /// How long the random operations go on.
    let soak: Duration
    /// Swaps of a plugin that is unmapped each time.
    let swaps: Int
    /// Swaps of a plugin that stays each time.
    let residentSwaps: Int
    /// Hand-overs of a counter under load.
    let handOvers: Int
    /// Joint swaps of two plugins under load.
    let jointSwaps: Int

    /// What `SWB_SOAK_MINUTES` asks for.
    static let current: Effort =
        number("SWB_SOAK_MINUTES").map { minutes in
            Effort(
                soak: .seconds(60 * Int(minutes)), swaps: 10_000, residentSwaps: 500, handOvers: 1_000,
                jointSwaps: 10_000)
        } ?? Effort(soak: .seconds(10), swaps: 600, residentSwaps: 40, handOvers: 50, jointSwaps: 300)

    /// `SWB_SOAK_SEED`, or another one each time.
    static let seed = number("SWB_SOAK_SEED") ?? UInt64.random(in: 1...999_999)

    private static func number(_ variable: String) -> UInt64? {
        getenv(variable).flatMap { UInt64(String(cString: $0)) }
    }
}

/// Prints lines at once: a process that is killed has said what it could.
func say(_ lines: String) {
    let bytes = Array((lines + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}

/// Prints what the process of an exit test printed, which only the one that waits for it gets.
func pass(on result: ExitTest.Result?) {
    if let result { say(String(decoding: result.standardOutputContent, as: UTF8.self)) }
}
