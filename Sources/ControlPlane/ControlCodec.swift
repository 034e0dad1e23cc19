import Compatibility
import FoundationEssentials

/// The names of all methods.
let methodNames = ["load", "swap", "unload", "list", "call"]

/// One request as it came in: what to do, or why it cannot be done, and where the answer goes.
struct ControlRequest: Sendable {
    /// `nil` for a notification: done, but never answered.
    let id: RequestID?
    /// What is asked for, or what is wrong with it.
    let method: Result<ControlMethod, ControlFailure>
}

/// JSON-RPC 2.0, one object a line; batches (optional in the specification) are refused.
enum ControlCodec {
    /// Reads one line.
    ///
    /// Any bytes: what is wrong comes back as the request's failure.
    static func request(from line: [UInt8], nesting limit: Int) -> ControlRequest {
        guard let text = String(validating: line, as: UTF8.self) else {
            return ControlRequest(id: .null, method: .failure(.unreadable("the line is not UTF-8")))
        }
        // The decoder recurses: what goes in must be known to be shallow.
        guard nesting(of: line) <= limit else {
            return ControlRequest(id: .null, method: .failure(.malformed("nested deeper than \(limit) levels")))
        }
        if line.first(where: { !isWhitespace($0) }) == UInt8(ascii: "[") {
            return ControlRequest(
                id: .null, method: .failure(.malformed("batches are not supported: send one object a line")))
        }
        let data = Data(text.utf8)
        let envelope: Envelope
        do {
            envelope = try JSONDecoder().decode(Envelope.self, from: data)
        } catch {
            return ControlRequest(id: .null, method: .failure(failure(of: error)))
        }
        guard envelope.jsonrpc == protocolVersion else {
            return ControlRequest(
                id: envelope.id ?? .null, method: .failure(.malformed("\"jsonrpc\" must be \"\(protocolVersion)\"")))
        }
        do throws(ControlFailure) {
            return ControlRequest(id: envelope.id, method: .success(try method(envelope.method, in: data)))
        } catch {
            return ControlRequest(id: envelope.id, method: .failure(error))
        }
    }

    /// Writes one line with a result.
    static func reply(to id: RequestID, _ result: some Encodable & Sendable) throws -> [UInt8] {
        try line(Reply(id: id, result: result, error: nil))
    }

    /// Writes one line with an error.
    static func reply(to id: RequestID, _ failure: ControlFailure) -> [UInt8] {
        do {
            return try line(Reply(id: id, result: String?.none, error: failure))
        } catch {
            // Strings and integers always encode; should that change, the client still gets an answer.
            return Array(#"{"error":{"code":-32603,"message":"unencodable"},"id":null,"jsonrpc":"2.0"}"#.utf8 + [10])
        }
    }

    /// Writes one line with a request.
    static func request(_ id: Int64, _ method: String, _ parameters: some Encodable) throws -> [UInt8] {
        try line(Request(id: .number(id), method: method, params: parameters))
    }

    /// Writes any value as one line with sorted keys: the encoder's own order changes from run to run.
    private static func line(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
    }

    /// How deep arrays and objects lie in each other; brackets inside of strings do not count.
    static func nesting(of bytes: [UInt8]) -> Int {
        var depth = 0, deepest = 0
        var isInString = false, isEscaped = false
        for byte in bytes {
            if isEscaped {
                isEscaped = false
            } else if isInString {
                if byte == UInt8(ascii: "\\") { isEscaped = true }
                if byte == UInt8(ascii: "\"") { isInString = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth = max(depth - 1, 0)
                default: break
                }
                deepest = max(deepest, depth)
            }
        }
        return deepest
    }

    static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}

// MARK: - Methods

extension ControlCodec {
    private static func method(_ name: String, in data: Data) throws(ControlFailure) -> ControlMethod {
        switch name {
        case "load":
            let given = try parameters(LoadParameters.self, in: data)
            return .change(.load(path: try absolute(given.path)))
        case "swap":
            let given = try parameters(SwapParameters.self, in: data)
            switch (given.path, given.version) {
            case (let path?, nil): return .change(.swapPath(name: given.name, path: try absolute(path)))
            case (nil, let version?): return .change(.swapVersion(name: given.name, version: version))
            default: throw .wrongParameters("swap takes either \"path\" or \"version\"")
            }
        case "unload":
            let given = try parameters(UnloadParameters.self, in: data)
            return .change(.unload(name: given.name, version: given.version))
        case "list":
            let given = try optionalParameters(ListParameters.self, in: data)
            return .list(all: given?.all ?? false, host: given?.host ?? false)
        case "call":
            let given = try parameters(CallParameters.self, in: data)
            let request = try bytes(of: given)
            return .call(
                ControlCall(
                    plugin: given.plugin, export: given.export, range: given.range ?? "*", request: request))
        default:
            throw .unknownMethod(name)
        }
    }

    private static func parameters<P: Decodable>(_: P.Type, in data: Data) throws(ControlFailure) -> P {
        guard let parameters = try optionalParameters(P.self, in: data) else {
            throw .wrongParameters("\"params\" is missing")
        }
        return parameters
    }

    private static func optionalParameters<P: Decodable>(_: P.Type, in data: Data) throws(ControlFailure) -> P? {
        do {
            return try JSONDecoder().decode(Parameters<P>.self, from: data).params
        } catch {
            throw .wrongParameters(sentence(for: error))
        }
    }

    /// Client and host may stand in different folders, so only whole paths mean the same to both.
    private static func absolute(_ path: String) throws(ControlFailure) -> String {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw .wrongParameters("\"path\" must be absolute: \(path.prefix(256).debugDescription)")
        }
        return path
    }

    private static func bytes(of given: CallParameters) throws(ControlFailure) -> [UInt8] {
        switch (given.text, given.base64) {
        case (let text, nil): return Array((text ?? "").utf8)
        case (nil, let base64?):
            guard let data = Data(base64Encoded: base64) else { throw .wrongParameters("\"base64\" is not base64") }
            return Array(data)
        default: throw .wrongParameters("call takes either \"text\" or \"base64\"")
        }
    }

    private static func failure(of error: any Error) -> ControlFailure {
        if case DecodingError.dataCorrupted(let context) = error, context.codingPath.isEmpty {
            return .unreadable("the line is not one JSON value")
        }
        return .malformed(sentence(for: error))
    }

    private static func sentence(for error: any Error) -> String {
        guard let error = error as? DecodingError else { return String(describing: error) }
        func name(_ path: [any CodingKey]) -> String {
            path.isEmpty ? "the request" : "\"" + path.map(\.stringValue).joined(separator: ".") + "\""
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(name(context.codingPath + [key])) is missing"
        case .valueNotFound(_, let context): return "\(name(context.codingPath)) must not be null"
        case .typeMismatch(let type, let context): return "\(name(context.codingPath)) is no \(jsonName(of: type))"
        case .dataCorrupted(let context): return "\(name(context.codingPath)) is malformed: \(context.debugDescription)"
        @unknown default: return "the request does not decode"
        }
    }

    /// What a client calls a type of ours.
    private static func jsonName(of type: any Any.Type) -> String {
        switch type {
        case is Bool.Type: "boolean"
        case is String.Type: "string"
        case is Dictionary<String, Any>.Type: "object"
        default: "\(type)"
        }
    }
}

// MARK: - Messages

/// What every request has, without its parameters: their type depends on the method.
private struct Envelope: Decodable {
    var jsonrpc: String
    var id: RequestID?
    var method: String

    private enum Keys: String, CodingKey {
        case jsonrpc, id, method
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        jsonrpc = try container.decode(String.self, forKey: .jsonrpc)
        // An id that is absent makes a notification; one that is null does not.
        id = container.contains(.id) ? try container.decode(RequestID.self, forKey: .id) : nil
        method = try container.decode(String.self, forKey: .method)
    }
}

private struct Parameters<P: Decodable>: Decodable {
    var params: P?
}

private struct Request<P: Encodable>: Encodable {
    var jsonrpc = protocolVersion
    var id: RequestID
    var method: String
    var params: P
}

private struct Reply<R: Encodable>: Encodable {
    var jsonrpc = protocolVersion
    var id: RequestID
    var result: R?
    var error: ControlFailure?
}
