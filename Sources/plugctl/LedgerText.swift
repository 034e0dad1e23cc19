import Compatibility
import PluginHost

/// What plugins take, and who is inside them, in words.
enum LedgerText {
    /// The calls inside generations that take no new ones: those are what a drain waits for, or a commit would.
    static func inside(_ plugins: [PluginStatus], on terminal: Terminal) -> String {
        plugins.filter { [.draining, .ready].contains($0.state) && !$0.inside.isEmpty }.map { status in
            var table = Table(["THREAD", "NAME", "EXPORT", "SEEN FOR"])
            for call in status.inside {
                // A lease is no thread's, it moves; and whoever names a thread may name it as it likes.
                table.add([
                    Table.Cell(call.thread == 0 ? "-" : "\(call.thread)"), Table.Cell(printable(call.threadName)),
                    Table.Cell(call.export), Table.Cell(TimeText.text(seconds: call.seconds)),
                ])
            }
            return "inside \(status.plugin) \(status.stamp.version), generation \(status.stamp.generation), "
                + "which is \(status.state.rawValue):\n" + table.text(on: terminal, indent: 2)
        }.joined()
    }

    static func text(_ ledger: LedgerStatus) -> String {
        let lines =
            [
                "ledger",
                "  generations  \(ledger.generations) in memory, \(ledger.resident) of them retired and resident",
                "  bytes        \(ledger.bytes) of address space for their images",
                "  mappings     \(ledger.mappings) of their images at most; the process has \(ledger.processMappings) "
                    + "of \(ledger.mappingLimit)",
                "  in flight    \(ledger.callsInFlight) calls and leases",
                "  longest      \(ledger.callsInFlight == 0 ? "-" : TimeText.text(seconds: ledger.longestInside))",
            ] + ledger.warnings.map { "  warning      \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
