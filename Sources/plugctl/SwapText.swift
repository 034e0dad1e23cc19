import PluginHost

/// What a swap did, in words.
enum SwapText {
    static func text(_ reply: SwapReply) -> String {
        if reply.unchanged {
            return "\(reply.plugin) \(reply.new.version) is current already, unchanged\n" + row("new", reply.new)
        }
        var text = head(reply)
        if let old = reply.old { text += row("old", old) }
        text += row("new", reply.new)
        if !reply.isDryRun { text += exchange(reply) }
        if let handOver = reply.handOver { text += "  state: \(clause(handOver))\n" }
        if let retired = reply.retired { text += "  old version: \(RetirementText.text(retired))\n" }
        if let probation = reply.probation {
            text +=
                "  on probation for \(TimeText.text(seconds: probation)): `plugctl revert \(reply.plugin)` puts back "
            text += "\(reply.old.map { "\($0.version)" } ?? "nothing"), `plugctl commit \(reply.plugin)` retires it\n"
        }
        return text + reply.warnings.map { "  warning: \($0.sentence)\n" }.joined()
    }

    static func text(_ reply: TransactionReply) -> String {
        let plugins = "\(reply.swaps.count) plugin\(reply.swaps.count == 1 ? "" : "s")"
        let head =
            reply.swaps.contains(where: \.isDryRun)
            ? "\(plugins) can be swapped together: a dry run, nothing was published\n"
            : "\(plugins) swapped together, published in \(TimeText.text(nanoseconds: reply.publishNanoseconds))\n"
        return head + reply.swaps.map { Self.text($0) }.joined()
    }

    /// A swap back.
    static func text(reverted reply: SwapReply) -> String {
        var text = "\(reply.plugin) reverted"
        text += (reply.old.map { " from \($0.version)" } ?? "") + " to \(reply.new.version)\n"
        if let old = reply.old { text += row("old", old) }
        text += row("new", reply.new) + exchange(reply)
        if let retired = reply.retired { text += "  old version: \(RetirementText.text(retired))\n" }
        return text
    }

    /// One generation on one line: version, image, number.
    static func stamp(_ stamp: VersionStamp) -> String {
        "\(stamp.version)  \(stamp.image)  generation \(stamp.generation)"
    }

    /// Lines stand beside each other: 2.0.0 takes no current 1.x version's place.
    private static func head(_ reply: SwapReply) -> String {
        switch (reply.old, reply.isDryRun) {
        case (let old?, false): "\(reply.plugin) swapped from \(old.version) to \(reply.new.version)\n"
        case (let old?, true):
            "\(reply.plugin) can be swapped from \(old.version) to \(reply.new.version): a dry run, \(old.version) "
                + "serves as before\n"
        case (nil, false): "\(reply.plugin) \(reply.new.version) is current in its line, where nothing was\n"
        case (nil, true):
            "\(reply.plugin) \(reply.new.version) can become current in its line, where nothing is: a dry run\n"
        }
    }

    private static func row(_ label: String, _ stamp: VersionStamp) -> String {
        "  \(label)  \(Self.stamp(stamp))\n"
    }

    /// What still serves or is kept ready was not drained.
    private static func exchange(_ reply: SwapReply) -> String {
        let drained =
            switch reply.retired {
            case .unmapped, .resident: "drained in \(TimeText.text(nanoseconds: reply.drainNanoseconds)), "
            case .serving, .ready, nil: ""
            }
        return "  published in \(TimeText.text(nanoseconds: reply.publishNanoseconds)), " + drained
            + "\(reply.inFlightAtPublish) calls in flight at publication\n"
    }

    private static func clause(_ handOver: HandOver) -> String {
        let size = "\(handOver.bytes) bytes of schema \(handOver.schema) handed over \(handOver.mode.rawValue)"
        return switch handOver.mode {
        case .quiesced: size + ", calls were held for \(TimeText.text(nanoseconds: handOver.pauseNanoseconds))"
        case .live: size + ", calls went on: what they changed after the save stayed behind"
        }
    }
}
