import ControlPlane
import PluginHost

/// `revert NAME`.
struct RevertCommand {
    let name: String

    func run(in context: CommandContext) throws {
        let reply = try context.client.revert(name)
        try context.show(reply, SwapText.text(reverted: reply))
    }
}
