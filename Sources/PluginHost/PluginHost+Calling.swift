import Compatibility
import PluginRegistry

extension PluginHost {
    /// One call of a message export by name, on this thread: for tools and operators.
    ///
    /// It looks the plugin up under the host's lock every time, so bind what is called again and again. In exchange it
    /// leaves nothing behind: a binding's route is for ever, and keeps a version loaded that no other version can replace.
    ///
    /// - Returns: what the plugin wrote.
    /// - Throws: as `messages` and `MessageBinding.send`.
    public func call(
        _ plugin: String, _ range: String, _ symbol: String, _ request: [UInt8], within limit: Duration? = nil
    ) throws -> [UInt8] {
        let (export, label) = (messageExport(plugin, symbol), "\(plugin) \(range)")
        try refuseForkedChild()
        let parsed = try parse(range)
        var visited: [Target] = []
        // After the pin is given back: until then, whoever retires the generation must find the target.
        defer { state.withLock { $0.forget(visited) } }
        while true {
            switch try reach(plugin, parsed, symbol, &visited) {
            case .held(let hold): try hold.wait(label: label)
            case .pinned(let pin):
                // SAFETY: `swb_message_v1` is the type of every export declared as a message; the pin keeps what it leads to.
                return try unsafe pin(as: MessageFunction.self) { function, instance, host in
                    try unsafe export.call(function, instance, UnsafeRawPointer(host), request, within: limit)
                }
            }
        }
    }

    /// What a call by name finds.
    private enum Reached: ~Copyable {
        case pinned(Pin)
        /// The state of what it would call is being handed over.
        case held(Hold)
    }

    private func reach(
        _ plugin: String, _ range: VersionRange, _ symbol: String, _ visited: inout [Target]
    ) throws -> Reached {
        do {
            return try state.withLock { state in
                let number = try state.catalog.find(plugin, range, symbol, as: .message)
                guard let target = state.addTarget(to: number, for: plugin), let index = state.indices[plugin]?[symbol]
                else { throw Catalog.Refusal.notFound("\(plugin) has no export \(symbol)") }
                visited.append(target)
                let label = "\(plugin) \(range)"
                guard let held = state.heldState, held.generations.contains(number) else {
                    return .pinned(try Pin(on: target, index, label: label))
                }
                // Who is inside already goes on: the hand-over waits for it.
                guard let pin = try held.hold.pin(on: target, index, label: label) else { return .held(held.hold) }
                return .pinned(pin)
            }
        } catch let refusal as Catalog.Refusal {
            throw PluginHostError(refusal)
        }
    }
}
