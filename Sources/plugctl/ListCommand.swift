import Compatibility
import ControlPlane
import FoundationEssentials
import PluginHost

/// `list [--all] [--host]`.
struct ListCommand {
    let all: Bool
    let host: Bool

    func run(in context: CommandContext) throws {
        if context.isJSON {
            try context.terminal.say(json: try context.client.list(all: all, host: host))
            return
        }
        // Asked for all in any case: how many generations stay in memory is part of every row.
        let reply = try context.client.list(all: true, host: host)
        try context.terminal.say(text(reply, on: context.terminal))
    }

    private func text(_ reply: ListReply, on terminal: Terminal) -> String {
        var table = Table([
            "PLUGIN", "VERSION", "STATE", "ROUTES", "CALLS", "RESIDENT", "GENERATION", "UNLOADING", "SINCE", "IMAGE",
        ])
        let shown = reply.plugins.filter { all || $0.state != .resident }
        for status in shown {
            let resident = reply.plugins.count { $0.plugin == status.plugin && $0.state == .resident }
            table.add([
                Table.Cell(status.plugin), Table.Cell("\(status.stamp.version)"),
                Table.Cell(status.state.rawValue, Self.colour(of: status.state)),
                Table.Cell(status.routes.isEmpty ? "-" : status.routes.joined(separator: ", ")),
                Table.Cell("\(status.callsInFlight)"), Table.Cell("\(resident)"),
                Table.Cell("\(status.stamp.generation)"), Table.Cell(status.unloadClass.rawValue),
                Table.Cell(Date(timeIntervalSince1970: status.since).formatted(.iso8601)),
                Table.Cell("\(status.stamp.image)"),
            ])
        }
        var text = shown.isEmpty ? "no plugins are loaded\n" : table.text(on: terminal)
        text += shown.compactMap { status in
            status.reason.map { "\(status.plugin) \(status.stamp.version) is \(status.state.rawValue): \($0)\n" }
        }.joined()
        if let host = reply.host { text += Self.text(host, reply.control) }
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
        case .loaded, .resident: nil
        }
    }
}
