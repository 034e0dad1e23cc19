public import Compatibility
import PluginHost

/// A request that was answered with an error: JSON-RPC's error object, with what `plugctl` needs for its exit code.
public struct ControlFailure: Error, Sendable, CustomStringConvertible {
    /// JSON-RPC's number: -32700…-32600 for requests that are wrong in themselves, -32000 for what the host says.
    public let number: Int
    /// A stable word for programs: `refused`, `not-found`, `request.malformed` and so on.
    public let code: String
    /// A sentence: what, where, and what to do.
    public let message: String
    /// The exit code that a command-line tool ends with: 2 usage, 3 refused, 4 not found, 6 plugin failed, 7 timed out,
    /// 1 anything else.
    public let exit: Int32
    /// Every finding, where gates refused an image.
    public let report: GateReport?

    /// The message.
    public var description: String { message }

    init(number: Int, code: String, message: String, exit: Int32, report: GateReport? = nil) {
        self.number = number
        self.code = code
        self.message = message
        self.exit = exit
        self.report = report
    }
}

extension ControlFailure {
    /// The line is no JSON text.
    static func unreadable(_ reason: String) -> Self {
        Self(number: -32700, code: "request.unreadable", message: reason, exit: 2)
    }

    /// The JSON text is no request.
    static func malformed(_ reason: String) -> Self {
        Self(number: -32600, code: "request.malformed", message: reason, exit: 2)
    }

    /// The host has no such method.
    static func unknownMethod(_ name: String) -> Self {
        Self(
            number: -32601, code: "request.method",
            message: "no method \(name.prefix(64).debugDescription): \(MethodName.sentence) are there",
            exit: 2)
    }

    /// The method's parameters are missing or of another kind.
    static func wrongParameters(_ reason: String) -> Self {
        Self(number: -32602, code: "request.parameters", message: reason, exit: 2)
    }

    /// A limit of the socket was met.
    static func busy(_ reason: String) -> Self {
        Self(number: -32000, code: "control.busy", message: reason, exit: 1)
    }

    /// What the host answered.
    public init(_ error: any Error) {
        if let error = error as? BindingError {
            let (code, exit) = Self.kind(of: error)
            self.init(number: -32000, code: code, message: error.description, exit: exit)
            return
        }
        guard let error = error as? PluginHostError else {
            self.init(number: -32000, code: "unexpected", message: String(describing: error), exit: 1)
            return
        }
        var message = error.description
        var report: GateReport?
        if case .refused(let refusal) = error {
            // The report says it all; the sentence only names what failed.
            message = "\(refusal.path) is refused: \(refusal.refusalCodes)"
            report = refusal
        }
        self.init(number: -32000, code: error.code, message: message, exit: Self.exit(of: error), report: report)
    }

    /// Of what a call by name meets on its way, the words and numbers that the host has for the same.
    private static func kind(of error: BindingError) -> (code: String, exit: Int32) {
        switch error {
        case .held: ("timed-out", 7)
        case .unloaded, .noSuchExport: ("not-found", 4)
        case .tooManyThreads: ("conflict", 1)
        case .notACFunction: ("invalid-request", 2)
        }
    }

    private static func exit(of error: PluginHostError) -> Int32 {
        switch error {
        case .conflict, .overBudget, .system: 1
        case .invalidRequest: 2
        case .refused, .contractType: 3
        case .notFound: 4
        case .pluginFailed: 6
        case .timedOut: 7
        }
    }
}

extension ControlFailure: Codable {
    private enum Keys: String, CodingKey {
        case code, message, data
    }

    private struct Data: Codable {
        var code: String
        var exit: Int32
        var report: GateReport?
    }

    /// Reads a JSON-RPC error object; one without our `data` gets the code `unexpected`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        let data = try container.decodeIfPresent(Data.self, forKey: .data)
        self.init(
            number: try container.decode(Int.self, forKey: .code), code: data?.code ?? "unexpected",
            message: try container.decode(String.self, forKey: .message), exit: data?.exit ?? 1, report: data?.report)
    }

    /// Writes a JSON-RPC error object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(number, forKey: .code)
        try container.encode(message, forKey: .message)
        try container.encode(Data(code: code, exit: exit, report: report), forKey: .data)
    }
}
