import Compatibility
import ContractCompiler
import ControlPlane
import PluginHost

/// Why a command ends with an exit code other than 0.
struct CommandFailure: Error {
    /// A stable word for programs.
    var code: String
    /// A sentence.
    var message: String
    /// As documented: 1 to 7.
    var exit: Int32
    /// Every finding, where gates refused an image.
    var report: GateReport?
    /// What there is to say besides, a line each.
    var details: [String] = []
}

extension CommandFailure {
    init(_ error: UsageError) {
        let help = error.command.map { "plugctl \($0) --help" } ?? "plugctl --help"
        self.init(
            code: "usage", message: error.message + (error.message.hasSuffix("?") ? " See " : "; see ") + help, exit: 2)
    }

    init(_ error: ControlError) {
        var report: GateReport?
        if case .failed(let failure) = error { report = failure.report }
        self.init(code: error.code, message: error.description, exit: error.exit, report: report)
    }

    init(_ error: HeaderError) {
        let lines = error.lines
        var exit: Int32 = error.isRefusal ? 3 : 1
        if case .noFile = error { exit = 4 }
        self.init(code: error.code, message: lines[0], exit: exit, details: Array(lines.dropFirst()))
    }

    /// An error of a host in this process: the same words and codes as over a socket.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as ControlError: self.init(error)
        case let error as UsageError: self.init(error)
        case let error as HeaderError: self.init(error)
        default: self.init(.failed(ControlFailure(error)))
        }
    }

    static func fileNotFound(_ path: String) -> Self {
        Self(code: "not-found", message: "no such file: \(printable(path))", exit: 4)
    }
}

extension CommandFailure: Encodable {
    private enum Keys: String, CodingKey {
        case code, message, exit, report, details
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(code, forKey: .code)
        try container.encode(message, forKey: .message)
        try container.encode(exit, forKey: .exit)
        try container.encodeIfPresent(report, forKey: .report)
        if !details.isEmpty { try container.encode(details, forKey: .details) }
    }
}

/// A failure as `--json` shows it.
struct FailureJSON: Encodable {
    var error: CommandFailure
}
