import Compatibility
public import PluginHost

/// The version of JSON-RPC that every message names (https://www.jsonrpc.org/specification).
let protocolVersion = "2.0"

/// One request, checked: what a client wants of the host.
enum ControlMethod: Sendable, Equatable {
    case change(ControlChange)
    case list(all: Bool, host: Bool)
    /// All routes, or those of one plugin, or one.
    case routes(plugin: String?, range: String?)
    case call(ControlCall)
}

/// A change of the host's plugins or routes; paths are absolute.
enum ControlChange: Sendable, Equatable {
    case load(path: String)
    case swapPath(name: String, path: String, SwapOptions)
    case swapVersion(name: String, version: SemanticVersion, SwapOptions)
    case swapTogether([TogetherParameters.Plugin], SwapOptions)
    case revert(name: String)
    case commit(name: String)
    case route(plugin: String, range: String, RouteChange)
    case unload(name: String, version: SemanticVersion?)
}

/// A call of a plugin's message export.
struct ControlCall: Sendable, Equatable {
    var plugin: String
    var export: String
    var range: String
    var request: [UInt8]
}

/// What a request is told apart by: the client's choice, repeated in the reply.
enum RequestID: Sendable, Hashable, Codable {
    case number(Int64)
    case text(String)
    /// Allowed and discouraged by the specification; also the id of replies to what could not be read.
    case null

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let number = try? container.decode(Int64.self) {  // not a number: text is the other allowed form
            self = .number(number)
        } else if let text = try? container.decode(String.self) {  // neither is an error of its own
            self = .text(text)
        } else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "it must be a string or a whole number")
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .null: try container.encodeNil()
        }
    }
}

/// The parameters of `load`.
struct LoadParameters: Codable, Sendable {
    var path: String
}

/// The parameters of `unload`; without a version all of the plugin's.
struct UnloadParameters: Codable, Sendable {
    var name: String
    var version: SemanticVersion?
}

/// The parameters of `list`, which may be left out.
struct ListParameters: Codable, Sendable {
    var all: Bool?
    var host: Bool?
}

/// The parameters of `call`: the request's bytes as `text`, or as `base64` where they are not UTF-8; neither is an empty
/// request.
struct CallParameters: Codable, Sendable {
    var plugin: String
    var export: String
    var range: String?
    var text: String?
    var base64: String?
}

/// The reply to `list`.
public struct ListReply: Sendable, Codable, Equatable {
    /// By plugin and version.
    public let plugins: [PluginStatus]
    /// The host's own facts, where they were asked for.
    public let host: HostStatus?
    /// The socket's own numbers, where the host's facts were asked for.
    public let control: ControlCounters?
}

/// What came to a control socket since it was opened.
public struct ControlCounters: Sendable, Codable, Equatable {
    /// Connections that are open now.
    public internal(set) var clients = 0
    /// Connections that were let in.
    public internal(set) var accepted = 0
    /// Connections of other users, closed without a word.
    public internal(set) var refusedUsers = 0
    /// Connections that found all places taken.
    public internal(set) var turnedAway = 0
    /// Times at which the process or system had no descriptor left for a connection.
    public internal(set) var failedAccepts = 0
}

/// The reply to `call`: the plugin's bytes, as text where they are UTF-8.
struct CallReply: Codable, Sendable, Equatable {
    var text: String?
    var base64: String?
}
