import CPluginABI
import Glibc
import TestSupport

/// A plugin of `Plugins/`, built by its author's build line and called through the ABI alone: no host, no gate.
final class PluginUnderTest: Sendable {
    private let messages: [String: Message]

    private typealias Message =
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafePointer<UInt8>?, Int, UnsafePointer<swb_call_v1>?
        ) -> Int32

    /// What a message export answered.
    struct Reply: Equatable {
        let code: Int32
        let text: String
    }

    /// Opens one version; it stays open, because Swift images must.
    init(_ name: String, _ version: String, messages symbols: [String]) throws {
        let path = try BuiltPlugins.path(name, version)
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw TestSupportError(String(cString: dlerror()))
        }
        var messages: [String: Message] = [:]
        for symbol in symbols {
            guard let address = dlsym(handle, symbol) else { throw TestSupportError("\(name) lacks \(symbol)") }
            messages[symbol] = unsafeBitCast(address, to: Message.self)
        }
        self.messages = messages
    }

    /// Calls a message export; the reply may have `limit` bytes.
    func send(_ request: [UInt8], to symbol: String, replyLimit limit: Int = .max) throws -> Reply {
        guard let message = messages[symbol] else { throw TestSupportError("\(symbol) was not asked for") }
        return CollectedReply.collect(limit: limit) { message(nil, request, request.count, $0) }
    }

    /// Calls a message export with a text.
    func send(_ request: String, to symbol: String) throws -> String {
        let reply = try send(Array(request.utf8), to: symbol)
        guard reply.code == 0 else { throw TestSupportError("\(symbol) answered \(reply.code): \(reply.text)") }
        return reply.text
    }
}

/// The host's side of one call.
private final class CollectedReply {
    private var bytes: [UInt8] = []
    private let limit: Int

    private init(limit: Int) { self.limit = limit }

    static func collect(limit: Int, _ body: (UnsafePointer<swb_call_v1>) -> Int32) -> PluginUnderTest.Reply {
        let reply = CollectedReply(limit: limit)
        // The reply travels as the host's context: the write function gets nothing else to find it by.
        var host = swb_host_v1(context: Unmanaged.passUnretained(reply).toOpaque(), service: { _, _ in nil })
        let code = withUnsafePointer(to: &host) { host in
            var call = swb_call_v1()
            call.host = host
            call.cancelled = { _ in 0 }
            call.write = { call, bytes, count in
                guard let context = call?.pointee.host.pointee.context else { return 1 }
                let reply = Unmanaged<CollectedReply>.fromOpaque(context).takeUnretainedValue()
                guard reply.bytes.count + count <= reply.limit else { return 1 }
                reply.bytes += UnsafeRawBufferPointer(start: bytes, count: count)
                return 0
            }
            return body(&call)
        }
        return .init(code: code, text: String(decoding: reply.bytes, as: UTF8.self))
    }
}
