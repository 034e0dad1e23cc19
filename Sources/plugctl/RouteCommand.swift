import Compatibility
import ControlPlane
import PluginHost

/// `route [NAME [RANGE]]` and its changes.
enum RouteCommand {
    /// Shows all routes or those of a plugin as a table, one in full.
    static func show(_ plugin: String?, _ range: String?, in context: CommandContext) throws {
        let reply = try context.client.routes(plugin, range)
        if range != nil, let route = reply.routes.first {
            try context.show(route, text(route))
        } else {
            try context.show(reply, text(reply, of: plugin, on: context.terminal))
        }
    }

    static func change(
        _ plugin: String, _ range: String, by change: RouteChange, in context: CommandContext
    ) throws {
        let route = try context.client.changeRoute(plugin, range, by: change)
        try context.show(route, text(route))
    }

    private static func text(_ reply: RoutesReply, of plugin: String?, on terminal: Terminal) -> String {
        if reply.routes.isEmpty { return plugin.map { "\(printable($0)) has no routes\n" } ?? "no routes\n" }
        var table = Table(["PLUGIN", "RANGE", "SERVES", "CANARY", "LABELS", "FALLBACK", "BOUND"])
        for route in reply.routes {
            let labels = route.labels.map { "\($0.label)=\($0.version)" }
            table.add([
                Table.Cell(route.plugin), Table.Cell(route.range), serves(route),
                Table.Cell(route.canary.map { "\($0.version)=\(percent($0.basisPoints))" } ?? "-"),
                Table.Cell(list(labels)), Table.Cell(route.fallback ?? "-"), Table.Cell(list(route.bound)),
            ])
        }
        return table.text(on: terminal)
    }

    private static func serves(_ route: RouteStatus) -> Table.Cell {
        guard let main = route.main else { return Table.Cell("nothing", .red) }
        if let fallback = route.fallback, route.isServedByFallback {
            return Table.Cell("\(fallback) \(main.version)", .yellow)
        }
        let fixed = route.fixed.map { $0 == main.version ? ", fixed" : ", fixed to \($0), which is not loaded" } ?? ""
        return Table.Cell("\(main.version)" + fixed + (route.isHeld ? ", held" : ""))
    }

    private static func text(_ route: RouteStatus) -> String {
        var lines = ["\(route.plugin) \(route.range)"]
        lines.append("  serves    \(route.main.map(SwapText.stamp) ?? "nothing")" + (route.isHeld ? ", held" : ""))
        let absent = route.fixed == route.main?.version ? "" : ", which is not loaded"
        lines.append("  fixed     \(route.fixed.map { "to \($0)\(absent)" } ?? "no, it follows what is current")")
        lines.append("  canary    \(route.canary.map(clause) ?? "none")")
        lines += route.labels.isEmpty ? ["  labels    none"] : route.labels.map { "  label     \(clause($0))" }
        lines.append(
            "  fallback  \(route.fallback ?? "none")\(route.isServedByFallback ? ", which serves now" : "")")
        lines.append("  bound     \(list(route.bound))")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func clause(_ canary: RouteStatus.CanaryStatus) -> String {
        "\(percent(canary.basisPoints)) % of the keyed calls: "
            + arm(isLoaded: canary.serves?.version == canary.version, "\(canary.version)", canary.serves)
    }

    private static func clause(_ label: RouteStatus.LabelStatus) -> String {
        "\(label.label): "
            + arm(isLoaded: label.serves?.version == label.version, "\(label.version)", label.serves)
    }

    private static func arm(isLoaded: Bool, _ version: String, _ serves: VersionStamp?) -> String {
        if isLoaded, let serves { return SwapText.stamp(serves) }
        return "\(version) is not loaded, they reach what the others reach"
    }

    private static func list(_ words: [String]) -> String { words.isEmpty ? "-" : words.joined(separator: ", ") }

    /// Hundredths of a percent as it is written on the command line: "5", "2.5", "0.01".
    private static func percent(_ basisPoints: Int) -> String {
        let (whole, rest) = basisPoints.quotientAndRemainder(dividingBy: 100)
        if rest == 0 { return "\(whole)" }
        return rest % 10 == 0 ? "\(whole).\(rest / 10)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}
