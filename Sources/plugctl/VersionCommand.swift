import Compatibility
import PluginHost

/// `--version`: of plugctl, and of the ABI that its hosts speak.
enum VersionCommand {
    private struct Version: Encodable {
        var version = "0.1.0"
        var abi: String
    }

    static func run(in context: CommandContext) throws {
        let version = Version(abi: try HostFacts.current().abi.description)
        try context.show(version, "plugctl \(version.version) (plugin ABI \(version.abi))\n")
    }
}
