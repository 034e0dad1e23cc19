import ControlPlane
import PluginHost

/// `load FILE`.
struct LoadCommand {
    let file: String

    func run(in context: CommandContext) throws {
        let reply = try context.client.load(absolutePath(file))
        try context.show(reply, Self.text(reply))
    }

    static func text(_ reply: LoadReply) -> String {
        let done = reply.unchanged ? "was loaded already, unchanged" : "loaded"
        let place = reply.isCurrent ? "current" : "waits beside the current version"
        var lines = [
            "\(reply.plugin) \(reply.loaded.version) \(done), \(place)",
            "  image       \(reply.loaded.image)",
            "  generation  \(reply.loaded.generation)",
            "  unloading   \(reply.unloadClass.rawValue)",
            "  protection  \(reply.protection)",
        ]
        lines += reply.warnings.map { "  warning     \($0.sentence)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
