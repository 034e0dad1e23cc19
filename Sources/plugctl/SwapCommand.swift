import Compatibility
import ControlPlane
import PluginHost

/// `swap NAME FILE` and `swap NAME@VERSION`.
struct SwapCommand {
    let name: String
    let target: Target

    enum Target {
        case file(String)
        case version(SemanticVersion)
    }

    func run(in context: CommandContext) throws {
        let reply =
            switch target {
            case .file(let file): try context.client.swap(name, to: absolutePath(file))
            case .version(let version): try context.client.swap(name, to: version)
            }
        try context.show(reply, Self.text(reply))
    }

    static func text(_ reply: SwapReply) -> String {
        if reply.unchanged {
            return "\(reply.plugin) \(reply.new.version) is current already, unchanged\n" + Self.row("new", reply.new)
        }
        // Lines stand beside each other: 2.0.0 takes no current 1.x version's place.
        var text =
            reply.old.map { "\(reply.plugin) swapped from \($0.version) to \(reply.new.version)\n" }
            ?? "\(reply.plugin) \(reply.new.version) is current in its line, where nothing was\n"
        if let old = reply.old { text += Self.row("old", old) }
        text += Self.row("new", reply.new)
        text +=
            "  published in \(Self.time(reply.publishNanoseconds)), drained in \(Self.time(reply.drainNanoseconds)), "
        text += "\(reply.inFlightAtPublish) calls in flight at publication\n"
        if let retired = reply.retired { text += "  old version: \(RetirementText.text(retired))\n" }
        text += reply.warnings.map { "  warning: \($0.sentence)\n" }.joined()
        return text
    }

    private static func row(_ label: String, _ stamp: VersionStamp) -> String {
        "  \(label)  \(stamp.version)  \(stamp.image)  generation \(stamp.generation)\n"
    }

    /// Nanoseconds in the unit that reads best.
    static func time(_ nanoseconds: Int) -> String {
        switch nanoseconds {
        case ..<10_000: "\(nanoseconds) ns"
        case ..<10_000_000: "\(nanoseconds / 1000) µs"
        default: "\(nanoseconds / 1_000_000) ms"
        }
    }
}
