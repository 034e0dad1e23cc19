import Glibc
import TestSupport
import Testing

/// A `plugctl serve` in the background, ended at the latest with this object.
final class RunningHost {
    /// The line that it said when it was ready.
    private(set) var greeting = ""
    let socket: String
    private let folder: TemporaryFolder
    private var process: pid_t = 0
    private let output: Int32

    convenience init(_ arguments: String...) throws { try self.init(arguments) }

    init(_ arguments: [String]) throws {
        folder = try TemporaryFolder()
        socket = folder.file("host.sock")
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
        output = ends[0]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, folder.file("stderr"), O_WRONLY | O_CREAT, 0o600)
        var words = ([Plugctl.path, "serve", "--socket", socket] + arguments).map { strdup($0) } + [nil]
        let failure = posix_spawn(&process, Plugctl.path, &actions, nil, &words, environ)
        posix_spawn_file_actions_destroy(&actions)
        for word in words { free(word) }
        close(ends[1])
        try #require(failure == 0)
        greeting = readLine()
        let complaints = try standardError()
        try #require(!greeting.isEmpty, "the host did not start: \(complaints)")
    }

    /// What it wrote to its standard error so far.
    func standardError() throws -> String { String(decoding: try readFile(folder.file("stderr")), as: UTF8.self) }

    /// Runs plugctl against it.
    func plugctl(_ arguments: String...) throws -> Command {
        try Plugctl.run(arguments, environment: ["SWITCHBOARD_SOCKET": socket])
    }

    /// Sends a signal and waits for the end: the exit code, 128 + the signal's number where one ended it.
    func end(_ signal: Int32 = SIGTERM) -> Int32 {
        guard process != 0 else { return 0 }
        kill(process, signal)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        process = 0
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f
    }

    deinit {
        if process != 0 { _ = end(SIGKILL) }
        close(output)
    }

    private func readLine() -> String {
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1, byte != 10 { text.append(byte) }
        return String(decoding: text, as: UTF8.self)
    }
}
