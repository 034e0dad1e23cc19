import CPluginABI
import PluginRegistry

/// A hold on one message export through the route (plugin, range): bytes in, bytes out.
///
/// A plain value: keep it in a `let`, copy it freely, call it on any thread, several at once. Each call goes to whichever
/// version serves the route when it begins, and finishes there even if a swap happens meanwhile.
@safe public struct MessageBinding: Sendable {
    private let binding: Binding<MessageCall.Function>
    private let export: MessageExport

    init(_ binding: Binding<MessageCall.Function>, _ export: MessageExport) {
        unsafe self.binding = binding
        self.export = export
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
        // SAFETY: the pin keeps the function, the instance and the generation's host table.
        try unsafe binding { function, instance, host in
            try unsafe export.call(function, instance, UnsafeRawPointer(host), request, within: limit)
        }
    }

    /// The same for text; bytes of the reply that are not UTF-8 are replaced.
    public func send(_ text: String, within limit: Duration? = nil) throws -> String {
        String(decoding: try send(Array(text.utf8), within: limit), as: UTF8.self)
    }
}
