import Compatibility
import ControlPlane
import FoundationEssentials
import Glibc
import PluginHost

/// `call NAME EXPORT [TEXT]` through a host, and `call FILE EXPORT [TEXT]` in this process.
struct CallCommand {
    let target: String
    let export: String
    /// "-" stands for standard input.
    let text: String?
    let range: String

    /// The reply for programs: one of the two.
    private struct Reply: Encodable {
        var text: String?
        var base64: String?
    }

    @MainActor
    func run(in context: CommandContext) async throws {
        let request = try request()
        let reply =
            isFile ? try await callHere(request) : try context.client.call(target, export, range: range, request)
        guard context.isJSON else { return try context.terminal.say(reply) }
        let text = String(validating: reply, as: UTF8.self)
        try context.terminal.say(
            json: Reply(text: text, base64: text == nil ? Data(reply).base64EncodedString() : nil))
    }

    /// A plugin's name has no slash; a file in this folder that is named like a plugin is meant as the file.
    private var isFile: Bool {
        target.contains("/") || target.hasSuffix(".so") || fileExists(target)
    }

    /// The author's inner loop: gate, load, call, shut down.
    @MainActor
    private func callHere(_ request: [UInt8]) async throws -> [UInt8] {
        guard fileExists(target) else { throw CommandFailure.fileNotFound(target) }
        let host = try PluginHost()
        do {
            let plugin = try await host.load(absolutePath(target)).plugin
            let reply = try host.call(plugin, range, export, request)
            await host.shutdown()
            return reply
        } catch {
            await host.shutdown()
            throw error
        }
    }

    private func request() throws -> [UInt8] {
        guard text == "-" else { return Array((text ?? "").utf8) }
        return try bytes(of: STDIN_FILENO, named: "standard input", limit: Self.requestLimit)
    }

    private static let requestLimit = 16 << 20
}
