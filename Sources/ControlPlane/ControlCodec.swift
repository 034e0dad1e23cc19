import Compatibility
import FoundationEssentials

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
            return ControlRequest(id: .null, method: .failure(ControlFailure(reading: error)))
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
    static func request(_ id: Int64, _ method: MethodName, _ parameters: some Encodable) throws -> [UInt8] {
        try line(Request(id: .number(id), method: method.rawValue, params: parameters))
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
