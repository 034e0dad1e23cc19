import FoundationEssentials
import PluginHost

/// How an operation ended, ready to be written as a reply.
struct ControlOutcome: Sendable {
    private let result: Result<any Encodable & Sendable, any Error>

    /// What is there to be said about the host's plugins.
    init(_ list: ListReply) {
        result = .success(list)
    }

    /// The host's routes, as far as they were asked for.
    init(routesOf host: PluginHost, plugin: String?, range: String?) {
        result = Result { try RoutesReply(host.routes(), plugin: plugin, range: range) }
    }

    /// What a plugin function answers; runs it on this thread.
    init(calling host: PluginHost, _ call: ControlCall) {
        result = Result { CallReply(try host.call(call.plugin, call.range, call.export, call.request)) }
    }

    /// An operation that did not take place.
    init(_ failure: ControlFailure) {
        result = .failure(failure)
    }

    /// What a change of the host's plugins returns or throws.
    ///
    /// - Parameter peer: the user at the other end of the connection.
    init(changing host: PluginHost, by change: ControlChange, requestedBy peer: UInt32?) async {
        do {
            switch change {
            case .load(let path): result = .success(try await host.load(path, requestedBy: peer))
            case .swapPath(let name, let path, let options):
                result = .success(try await host.swap(name, to: path, options, requestedBy: peer))
            case .swapVersion(let name, let version, let options):
                result = .success(try await host.swap(name, to: version, options))
            case .swapTogether(let plugins, let options):
                result = .success(
                    try await host.swap(
                        together: plugins.map { ($0.name, $0.path) }, options, requestedBy: peer))
            case .revert(let name): result = .success(try await host.revert(name))
            case .commit(let name): result = .success(try await host.commit(name))
            case .route(let plugin, let range, let change):
                result = .success(try await host.changeRoute(plugin, range, by: change))
            case .unload(let name, let version): result = .success(try await host.unload(name, version))
            }
        } catch {
            result = .failure(error)
        }
    }

    /// The reply as a line; one longer than `limit` bytes becomes an error.
    func line(replyingTo id: RequestID, limit: Int) -> [UInt8] {
        do {
            let line = try ControlCodec.reply(to: id, result.get())
            guard line.count <= limit else {
                throw ControlFailure(
                    number: -32000, code: "reply.too-long",
                    message: "the reply has \(line.count) bytes as JSON, this socket carries \(limit)", exit: 1)
            }
            return line
        } catch {
            return ControlCodec.reply(to: id, error as? ControlFailure ?? ControlFailure(error))
        }
    }
}

extension CallReply {
    /// The bytes as text where they are UTF-8.
    init(_ bytes: [UInt8]) {
        if let text = String(validating: bytes, as: UTF8.self) {
            self.init(text: text, base64: nil)
        } else {
            self.init(text: nil, base64: Data(bytes).base64EncodedString())
        }
    }

    /// The bytes again; `nil` where the reply has neither form, or broken base64.
    var bytes: [UInt8]? {
        if let text { return Array(text.utf8) }
        return base64.flatMap { Data(base64Encoded: $0) }.map(Array.init)
    }
}
