public import CPluginABI
public import PluginRegistry

/// The C type of a message export, `swb_message_v1` of switchboard.h.
public typealias MessageFunction =
    @convention(c) (
        UnsafeMutableRawPointer?, UnsafePointer<UInt8>?, Int, UnsafePointer<swb_call_v1>?
    ) -> Int32

/// A hold on one message export through the route (plugin, range): bytes in, bytes out.
///
/// A plain value: keep it in a `let`, copy it freely, call it on any thread, several at once. Each call goes to whichever
/// version serves the route when it begins, and finishes there even if a swap happens meanwhile.
@safe public struct MessageBinding: Sendable {
    private let binding: Binding<MessageFunction>
    private let export: MessageExport

    init(_ binding: Binding<MessageFunction>, _ export: MessageExport) {
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

    /// The same, with a key that chooses the arm: a canary gets its share of the keys, and each key always the same arm.
    public func send(_ request: [UInt8], key: ArmKey, within limit: Duration? = nil) throws -> [UInt8] {
        // SAFETY: as above.
        try unsafe binding(key: key) { function, instance, host in
            try unsafe export.call(function, instance, UnsafeRawPointer(host), request, within: limit)
        }
    }

    /// The same for text; bytes of the reply that are not UTF-8 are replaced.
    public func send(_ text: String, within limit: Duration? = nil) throws -> String {
        String(decoding: try send(Array(text.utf8), within: limit), as: UTF8.self)
    }

    /// Lends a lease on what serves the route now, across suspension points and threads: what is sent `on` it reaches one
    /// version, which stays loaded meanwhile.
    ///
    ///     try await shout.withLease { lease in
    ///         let first = try shout.send(head, on: lease)
    ///         let second = try shout.send(await tail(after: first), on: lease)
    ///     }
    ///
    /// - Throws: `BindingError`, `CancellationError` where the task is cancelled while a state is handed over, and what
    ///   `body` throws.
    public func withLease<R>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: (borrowing Lease<MessageFunction>) async throws -> R
    ) async throws -> R {
        try await unsafe binding.withLease(isolation: isolation, body)
    }

    /// Calls the export of the version that the lease holds; the rest as `send`.
    ///
    /// - Parameter lease: one of this binding's.
    public func send(
        _ request: [UInt8], on lease: borrowing Lease<MessageFunction>, within limit: Duration? = nil
    ) throws -> [UInt8] {
        // SAFETY: the lease keeps the function, the instance and the generation's host table.
        try unsafe lease { function, instance, host in
            try unsafe export.call(function, instance, UnsafeRawPointer(host), request, within: limit)
        }
    }
}
