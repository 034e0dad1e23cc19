import Glibc

/// A program run to its end, with what it printed and how it ended.
package struct Command: Sendable {
    /// All that it wrote to its standard output, as text (bytes that are not UTF-8 are replaced).
    package let stdout: String
    /// All that it wrote to its standard error.
    package let stderr: String
    /// Its exit code; 128 + the signal's number where a signal ended it, as a shell counts.
    package let exitCode: Int32

    /// Runs a program and waits for its end; its standard input is empty.
    ///
    /// - Parameters:
    ///   - arguments: the program, looked up on PATH unless it holds a slash, and its arguments.
    ///   - environment: replaces or adds to this process' environment.
    /// - Throws: `TestSupportError` where it cannot be started. A failing exit code is a result, not an error.
    package static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Command {
        let output = try Pipe(), errors = try Pipe()

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.writeEnd, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors.writeEnd, STDERR_FILENO)

        let argv = CStrings(arguments)
        let variables = CStrings(merged(environment))
        var child: pid_t = 0
        let failure = posix_spawnp(&child, arguments[0], &actions, nil, argv.pointers, variables.pointers)
        guard failure == 0 else { throw TestSupportError.systemCall("posix_spawnp \(arguments[0])", failure) }

        output.closeWriteEnd()
        errors.closeWriteEnd()
        let texts = drain(output, errors)
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7f
        return Command(
            stdout: String(decoding: texts.0, as: UTF8.self), stderr: String(decoding: texts.1, as: UTF8.self),
            exitCode: signal == 0 ? (status >> 8) & 0xff : 128 + signal)
    }

    /// Reads both pipes to their ends, whichever has bytes: a child that fills one while we wait for the other would
    /// never end.
    private static func drain(_ first: Pipe, _ second: Pipe) -> ([UInt8], [UInt8]) {
        var texts: [[UInt8]] = [[], []]
        var polled = [first, second].map { pollfd(fd: $0.readEnd, events: Int16(POLLIN), revents: 0) }
        var chunk = [UInt8](repeating: 0, count: 65536)
        while polled.contains(where: { $0.fd >= 0 }) {
            guard poll(&polled, 2, -1) > 0 else { continue }
            for index in polled.indices where polled[index].revents != 0 {
                let count = read(polled[index].fd, &chunk, chunk.count)
                if count > 0 {
                    texts[index] += chunk[..<count]
                } else if count == 0 || errno != EINTR {
                    polled[index].fd = -1  // poll(2) ignores negative descriptors
                }
            }
        }
        return (texts[0], texts[1])
    }

    private static func merged(_ changes: [String: String]) -> [String] {
        var variables: [String] = []
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if !changes.keys.contains(where: { text.hasPrefix("\($0)=") }) { variables.append(text) }
            next += 1
        }
        return variables + changes.map { "\($0)=\($1)" }
    }
}

/// A connection from child to parent, both ends closed at the latest with this object.
///
/// A socket pair, because Glibc's Swift module has no pipe2(2): a pipe made close-on-exec only afterwards could slip
/// into a process spawned on another thread, whose life would then decide when we see the end.
private final class Pipe {
    let readEnd: CInt
    private(set) var writeEnd: CInt

    init() throws {
        var ends: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw TestSupportError.systemCall("socketpair", errno) }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    func closeWriteEnd() {
        close(writeEnd)
        writeEnd = -1
    }

    deinit {
        close(readEnd)
        if writeEnd >= 0 { close(writeEnd) }
    }
}

/// A NULL-terminated array of C strings, freed with this object.
private final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointers = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() { (pointers + index).initialize(to: strdup(string)) }
        (pointers + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deallocate()
    }
}
