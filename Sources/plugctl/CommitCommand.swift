import ControlPlane
import PluginHost

/// `commit NAME`.
struct CommitCommand {
    let name: String

    func run(in context: CommandContext) throws {
        let reply = try context.client.commit(name)
        try context.show(reply, Self.text(reply))
    }

    private static func text(_ reply: CommitReply) -> String {
        let retired = reply.retired.map { version in
            "  old  \(SwapText.stamp(version.stamp)): \(RetirementText.text(version.outcome)), "
                + "drained in \(TimeText.text(nanoseconds: version.drainNanoseconds))\n"
        }
        return "\(reply.plugin) \(reply.committed.version) committed\n"
            + "  new  \(SwapText.stamp(reply.committed))\n" + retired.joined()
    }
}
