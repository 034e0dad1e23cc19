import Compatibility
import ControlPlane
import PluginHost

/// `unload NAME[@VERSION]`.
struct UnloadCommand {
    let name: String
    let version: SemanticVersion?

    func run(in context: CommandContext) throws {
        let reply = try context.client.unload(name, version)
        try context.show(reply, Self.text(reply))
    }

    static func text(_ reply: UnloadReply) -> String {
        if reply.retired.isEmpty { return "\(reply.plugin): nothing was loaded, unchanged\n" }
        return reply.retired.map { retired in
            "\(reply.plugin) \(retired.stamp.version) unloaded: \(RetirementText.text(retired.outcome))\n"
                + "  image       \(retired.stamp.image)\n  generation  \(retired.stamp.generation)\n"
                + "  drained in  \(TimeText.text(nanoseconds: retired.drainNanoseconds))\n"
        }.joined()
    }
}
