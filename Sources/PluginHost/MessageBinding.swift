import CPluginABI
import PluginRegistry

/// A hold on one message export through the route (plugin, range): bytes in, bytes out.
///
/// A plain value: keep it in a `let`, copy it freely, call it on any thread, several at once. Each call goes to whichever
/// version serves the route when it begins, and finishes there even if a swap happens meanwhile.
@safe public struct MessageBinding: Sendable {
    private let binding: Binding<MessageCall.Function>
    private let plugin: String
    private let symbol: String
    private let replyLimit: Int

    init(_ binding: Binding<MessageCall.Function>, plugin: String, symbol: String, replyLimit: Int) {
        unsafe self.binding = binding
        self.plugin = plugin
        self.symbol = symbol
        self.replyLimit = replyLimit
    }

    /// Calls the export on this thread and blocks until it answers.
    ///
    /// - Parameters:
    ///   - request: any bytes; lent to the plugin for the call.
    ///   - limit: tells the plugin how soon the answer is wanted; it may look, nothing stops it.
    /// - Returns: what the plugin wrote.
    /// - Throws: `PluginHostError.pluginFailed` with the plugin's code and words when it answers other than 0;
    ///   `BindingError` when nothing serves the route any more.
    public func send(_ request: [UInt8], within limit: Duration? = nil) throws -> [UInt8] {
        let deadline = limit.map { Clock.deadline(after: $0) } ?? 0
        // SAFETY: `context` is the generation's host table, which the pin keeps; the array is lent for the call.
        let (code, reply) = try unsafe binding { function, instance, context in
            unsafe request.withUnsafeBufferPointer { request in
                unsafe MessageCall.run(
                    function, instance, context, request, deadline: deadline, limit: replyLimit)
            }
        }
        guard code == 0 else {
            let words = String(decoding: reply.prefix(4096), as: UTF8.self)
            throw PluginHostError.pluginFailed(
                plugin: plugin, step: "call of \(symbol)", detail: "code \(code)" + (words.isEmpty ? "" : ": \(words)"))
        }
        return reply
    }

    /// The same for text; bytes of the reply that are not UTF-8 are replaced.
    public func send(_ text: String, within limit: Duration? = nil) throws -> String {
        String(decoding: try send(Array(text.utf8), within: limit), as: UTF8.self)
    }
}
