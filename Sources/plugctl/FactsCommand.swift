import Compatibility
import PluginHost

/// `facts`: what this build of a host offers, as the JSON that `check --host-facts` reads.
struct FactsCommand {
    func run(in context: CommandContext) throws {
        let facts = try HostFacts.current().withSwift
        try context.terminal.say(try jsonText(facts, pretty: !context.isJSON))
    }
}
