import CPluginABI

/// A message export as its callers know it: names for errors, and how long a reply may be.
struct MessageExport: Sendable {
    let plugin: String
    let symbol: String
    /// In bytes.
    let replyLimit: Int

    /// Calls the export's function, which a pin keeps, on this thread.
    ///
    /// - Parameters:
    ///   - host: the generation's `swb_host_v1`.
    ///   - limit: tells the plugin how soon the answer is wanted.
    /// - Returns: what the plugin wrote.
    /// - Throws: `pluginFailed` with the plugin's code and words when it answers other than 0.
    func call(
        _ function: MessageFunction, _ instance: UnsafeMutableRawPointer?, _ host: UnsafeRawPointer?,
        _ request: [UInt8], within limit: Duration?
    ) throws(PluginHostError) -> [UInt8] {
        // SAFETY: the caller's pin keeps what the pointers lead to; the array is lent for the call.
        let (code, reply) = unsafe request.withUnsafeBufferPointer { request in
            unsafe MessageCall.run(
                function, instance, host, request, deadline: limit.map { Clock.deadline(after: $0) } ?? 0,
                limit: replyLimit)
        }
        // SAFETY: the pin keeps the generation, whose table is the context of its host.
        if let context = unsafe host?.assumingMemoryBound(to: swb_host_v1.self).pointee.context {
            unsafe HostTable.at(context).tally.count(failed: code != 0)
        }
        guard code == 0 else {
            let words = String(decoding: reply.prefix(4096), as: UTF8.self)
            throw .pluginFailed(
                plugin: plugin, step: "call of \(symbol)", detail: "code \(code)" + (words.isEmpty ? "" : ": \(words)"))
        }
        return reply
    }
}
