import Compatibility
import PluginLoading

/// What a host wants rehearsed: it travels in a sealed file whose descriptor the rehearsal's processes inherit.
struct RehearsalOrder: Sendable, Equatable {
    /// Known to host, warden and our code in the candidate's process: what does not begin with it is no report.
    var nonce: String
    /// CLOCK_MONOTONIC in nanoseconds: when the candidate is killed.
    var deadline: UInt64
    /// The processor seconds that each process may use.
    var processorSeconds: UInt64
    var ticket: RehearsedImage.Ticket
    /// The manifest's name.
    var plugin: String
    /// The manifest's version.
    var version: SemanticVersion
    /// A state to restore.
    var state: State?

    struct State: Sendable, Equatable {
        var schema: UInt32
        var bytes: [UInt8]
    }
}

extension RehearsalOrder {
    /// Each field as a count and so many bytes, numbers as text: read back by the same build only.
    func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        func put(_ field: some Collection<UInt8>) {
            let count = UInt64(field.count)
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) }
            bytes += field
        }
        func put(_ text: String) { put(text.utf8) }
        let identity = ticket.identity
        put(nonce)
        for number in [deadline, processorSeconds, identity.device, identity.inode] { put("\(number)") }
        put("\(identity.size)")
        put(ticket.path)
        put(ticket.isResident ? "1" : "0")
        put(ticket.exports.joined(separator: "\n"))
        put(ticket.lifecycle.joined(separator: "\n"))
        put(plugin)
        put("\(version)")
        if let state {
            put("\(state.schema)")
            put(state.bytes)
        }
        return bytes
    }

    /// Reads one; `nil` where it is none.
    init?(decoding bytes: [UInt8]) {
        var rest = bytes[...]
        var fields: [ArraySlice<UInt8>] = []
        while !rest.isEmpty {
            guard rest.count >= 8 else { return nil }
            let count = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            rest = rest.dropFirst(8)
            guard count <= rest.count else { return nil }
            fields.append(rest.prefix(Int(count)))
            rest = rest.dropFirst(Int(count))
        }
        func text(_ index: Int) -> String { String(decoding: fields[index], as: UTF8.self) }
        func list(_ index: Int) -> [String] { text(index).split(separator: "\n").map(String.init) }
        guard fields.count == 12 || fields.count == 14, let deadline = UInt64(text(1)), let seconds = UInt64(text(2)),
            let device = UInt64(text(3)), let inode = UInt64(text(4)), let size = Int64(text(5)),
            let version = try? SemanticVersion(text(11))  // ours, so it is one
        else { return nil }
        nonce = text(0)
        self.deadline = deadline
        processorSeconds = seconds
        ticket = RehearsedImage.Ticket(
            path: text(6), identity: FileIdentity(device: device, inode: inode, size: size),
            isResident: text(7) == "1", exports: list(8), lifecycle: list(9))
        plugin = text(10)
        self.version = version
        guard fields.count == 14 else { return }
        guard let schema = UInt32(text(12)) else { return nil }
        state = State(schema: schema, bytes: Array(fields[13]))
    }
}
