import LinuxSystem

/// Why a control socket could not be opened, or a request got no answer.
public enum ControlError: Error, Sendable, CustomStringConvertible {
    /// Another living host owns the path; its process id where it could be read.
    case held(path: String, process: Int32?)
    /// The path cannot be used for a socket: a sentence with the path, the reason and what to do.
    case unusablePath(String)
    /// No host answers: nobody listens, or it went away before it replied; the reason names the path.
    case unreachable(path: String, reason: String)
    /// The socket is another user's: its mode, or a folder above it, keeps this user out.
    case forbidden(path: String, reason: String)
    /// The host did not reply in time; what it was asked may still happen.
    case timedOut(path: String, limit: Duration)
    /// The request is longer than the host reads.
    case requestTooLong(bytes: Int, limit: Int)
    /// The host's reply is not what the protocol allows.
    case brokenReply(path: String, detail: String)
    /// The host answered, with an error.
    case failed(ControlFailure)
    /// The system failed us: what was tried, on what, and its reason.
    case system(String)

    /// A stable word for programs.
    public var code: String {
        switch self {
        case .held: "control.held"
        case .unusablePath: "control.path"
        case .unreachable: "control.unreachable"
        case .forbidden: "control.forbidden"
        case .timedOut: "control.timed-out"
        case .requestTooLong: "request.too-long"
        case .brokenReply: "control.broken-reply"
        case .failed(let failure): failure.code
        case .system: "system"
        }
    }

    /// The exit code that a command-line tool ends with.
    public var exit: Int32 {
        switch self {
        case .held, .brokenReply, .system: 1
        case .unusablePath, .requestTooLong: 2
        case .unreachable, .forbidden: 5
        case .timedOut: 7
        case .failed(let failure): failure.exit
        }
    }

    /// A sentence.
    public var description: String {
        switch self {
        case .held(let path, let process):
            "another host\(process.map { " (process \($0))" } ?? "") serves \(path); stop it, or choose another socket"
        case .unusablePath(let reason), .system(let reason):
            reason
        case .unreachable(_, let reason):
            "no host answers: \(reason); start one with plugctl serve, or name its socket"
        case .forbidden(_, let reason):
            "no host of yours answers: \(reason); run plugctl as the user whose host it is, or name another socket"
        case .timedOut(let path, let limit):
            "the host on \(path) did not reply within \(limit.components.seconds) s; what it was asked may still happen"
        case .requestTooLong(let bytes, let limit):
            "the request has \(bytes) bytes as JSON, a host reads \(limit): hand larger data over as a file's path, or call the "
                + "plugin's file without a host"
        case .brokenReply(let path, let detail):
            "the reply from \(path) is not understood: \(detail)"
        case .failed(let failure):
            failure.message
        }
    }

    init(_ error: UnixSocketError) {
        switch error {
        case .held(let path, let process): self = .held(path: path, process: process)
        case .pathTooLong: self = .unusablePath("\(error); choose a shorter one")
        case .occupied: self = .unusablePath("\(error); choose another socket")
        case .system(let error): self = .system(error.description)
        }
    }
}
