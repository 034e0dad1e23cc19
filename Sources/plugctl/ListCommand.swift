import Compatibility
import ControlPlane
import FoundationEssentials
import PluginHost

/// `list [--all] [--host]`.
struct ListCommand {
    let all: Bool
    let host: Bool

    func run(in context: CommandContext) throws {
        let reply = try context.client.list(all: all, host: host)
        try context.show(reply, text(reply, on: context.terminal))
    }

    private func text(_ reply: ListReply, on terminal: Terminal) -> String {
        var table = Table([
            "PLUGIN", "VERSION", "STATE", "ROUTES", "CALLS", "RESIDENT", "GENERATION", "UNLOADING", "SINCE", "IMAGE",
        ])
        for status in reply.plugins {
            table.add([
                Table.Cell(status.plugin), Table.Cell("\(status.stamp.version)"),
                Table.Cell(status.state.rawValue, Self.colour(of: status.state)),
                Table.Cell(status.routes.isEmpty ? "-" : status.routes.joined(separator: ", ")),
                Table.Cell("\(status.callsInFlight)"), Table.Cell("\(status.residentGenerations)"),
                Table.Cell("\(status.stamp.generation)"), Table.Cell(status.unloadClass.rawValue),
                Table.Cell(Date(timeIntervalSince1970: status.since).formatted(.iso8601)),
                Table.Cell("\(status.stamp.image)"),
            ])
        }
        var text = reply.plugins.isEmpty ? "no plugins are loaded\n" : table.text(on: terminal)
        text += reply.plugins.compactMap { status in
            status.reason.map { "\(status.plugin) \(status.stamp.version) is \(status.state.rawValue): \($0)\n" }
        }.joined()
        text += LedgerText.inside(reply.plugins, on: terminal)
        if let host = reply.host { text += Self.text(host, reply.control) + LedgerText.text(host.ledger) }
        return text
    }

    private static func text(_ host: HostStatus, _ control: ControlCounters?) -> String {
        var lines = [
            "host", "  process      \(host.processID)", "  protection   \(host.protection)",
            "  staging      \(host.stagingDirectory)", "  machine      \(machineName(host.facts.machine))",
            "  plugin ABI   \(host.facts.abi)", "  glibc        \(host.facts.glibcVersion ?? "none")",
            "  Swift        \(host.facts.swiftVersion), \(host.facts.swiftRuntime.rawValue) runtime",
            "  clang        \(host.facts.clangVersion)",
        ]
        if let control {
            lines += [
                "  clients      \(control.clients) now, \(control.accepted) in all, "
                    + "\(control.refusedUsers) of other users refused, \(control.turnedAway) turned away"
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func colour(of state: PluginStatus.State) -> Terminal.Colour? {
        switch state {
        case .current: .green
        case .starting, .draining: .yellow
        case .stuck: .red
        case .loaded, .ready, .resident: nil
        }
    }
}
