import ControlPlane
import Glibc

/// What every command is given: the world around the command line.
struct CommandContext {
    let terminal: Terminal
    /// Whether programs read the output.
    let isJSON: Bool
    /// The host's socket, absolute.
    let socketPath: String
    /// The process's variables.
    let environment: [String: String]

    init(_ invocation: Invocation, terminal: Terminal, environment: [String: String]) {
        self.terminal = terminal
        isJSON = invocation.isJSON
        self.environment = environment
        socketPath = absolutePath(
            invocation.socket ?? SocketPath.standard(environment: environment, user: geteuid()))
    }

    var client: ControlClient { ControlClient(socketPath: socketPath) }

    /// Shows a result, the way the reader wants it.
    func show(_ value: some Encodable, _ text: @autoclosure () -> String) throws {
        if isJSON { try terminal.say(json: value) } else { try terminal.say(text()) }
    }
}

/// `path` as seen from the caller's folder: the host stands in another one.
func absolutePath(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let buffer = unsafe getcwd(nil, 0) else { return path }  // a removed folder: the host will not find the file
    // SAFETY: getcwd(3) with nil allocates; the text is copied before it is freed, once.
    defer { unsafe free(buffer) }
    let folder = unsafe String(cString: buffer)
    var relative = path[...]
    while relative.hasPrefix("./") { relative = relative.dropFirst(2).drop { $0 == "/" } }
    return (folder == "/" ? "" : folder) + "/" + relative
}

/// Whether anything lies at a path.
func fileExists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
}
