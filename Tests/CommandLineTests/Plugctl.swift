import Glibc
import TestSupport

/// The built binary, as a user runs it.
enum Plugctl {
    /// Beside the test program, whose own path the kernel knows.
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let program = String(decoding: buffer[..<max(count, 0)].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return program.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/plugctl"
    }()

    /// Runs it to its end, far from any host of the user's.
    static func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Command {
        try run(arguments, environment: environment)
    }

    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Command {
        try Command.run(
            [path] + arguments,
            environment: ["SWITCHBOARD_SOCKET": "/nonexistent/host.sock"].merging(environment) { $1 })
    }
}

/// A plugin whose message export answers with its version and the request.
func greeter(
    _ version: String, named name: String? = nil, buildID: String? = nil, into folder: TemporaryFolder
) throws -> String {
    try Fixture.build(
        """
        #include <switchboard.h>
        SWB_MANIFEST("name = greeter\\n" "version = \(version)\\n" "export = greet message\\n" "export = fail message\\n");
        SWB_MESSAGE(greet) {
          swb_reply_text(call, "\(version): ");
          return swb_reply(call, request, count);
        }
        SWB_MESSAGE(fail) {
          swb_reply_text(call, "no greeting today");
          return 7;
        }
        """, named: name ?? "greeter-\(version)", flags: buildID.map { ["-Wl,--build-id=0x\($0)"] } ?? [], into: folder)
}
