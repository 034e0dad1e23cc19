// What is wrong with a request, in the words of whoever wrote it.

extension ControlFailure {
    /// A line that does not decode.
    init(reading error: any Error) {
        if case DecodingError.dataCorrupted(let context) = error, context.codingPath.isEmpty {
            self = .unreadable("the line is not one JSON value")
        } else {
            self = .malformed(Self.sentence(for: error))
        }
    }

    /// Names the place as a client writes it: `"params.plugins[2].path" is missing`.
    static func sentence(for error: any Error) -> String {
        guard let error = error as? DecodingError else { return String(describing: error) }
        switch error {
        case .keyNotFound(let key, let context): return "\(place(context.codingPath + [key])) is missing"
        case .valueNotFound(_, let context): return "\(place(context.codingPath)) must not be null"
        case .typeMismatch(let type, let context): return "\(place(context.codingPath)) is no \(jsonName(of: type))"
        case .dataCorrupted(let context):
            return "\(place(context.codingPath)) is malformed: \(context.debugDescription)"
        @unknown default: return "the request does not decode"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        if path.isEmpty { return "the request" }
        let text = path.reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
        return "\"\(text)\""
    }

    /// What a client calls a type of ours.
    private static func jsonName(of type: any Any.Type) -> String {
        switch type {
        case is Bool.Type: "boolean"
        case is String.Type: "string"
        case is Double.Type: "number"
        case is Int.Type: "whole number"
        case is Dictionary<String, Any>.Type: "object"
        case is Array<Any>.Type: "array"
        default: "\(type)"
        }
    }
}
