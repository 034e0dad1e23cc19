import TestSupport

/// The built binary, as a user runs it.
enum Plugctl {
    static let path = BuiltProgram.path("plugctl")

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
