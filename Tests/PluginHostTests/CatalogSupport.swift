import Compatibility
import Testing

@testable import PluginHost

/// A catalog of one plugin, `p`, filled by short words.
struct Ledger {
    var catalog = Catalog()
    private var lastNumber = 0

    /// A generation that no catalog has yet.
    ///
    /// `exports` as in a manifest: "greet message", "add", "add 0011223344556677".
    mutating func member(
        _ version: String, exports: [String] = ["add", "say message"], image: UInt8 = 0, plugin: String = "p"
    ) throws -> Catalog.Member {
        lastNumber += 1
        let lines = ["name = \(plugin)", "version = \(version)"] + exports.map { "export = \($0)" }
        let manifest = try PluginManifest(parsing: lines.joined(separator: "\n") + "\n")
        return Catalog.Member(
            number: lastNumber, plugin: plugin, version: try SemanticVersion(version),
            image: ImageID(sha256: [UInt8](repeating: image == 0 ? UInt8(lastNumber) : image, count: 32)),
            exports: Dictionary(uniqueKeysWithValues: manifest.exports.map { ($0.symbol, $0) }))
    }

    /// Loads a version; its generation's number.
    @discardableResult
    mutating func load(_ version: String, exports: [String] = ["add", "say message"]) throws -> Int {
        let member = try member(version, exports: exports)
        _ = try catalog.load(member)
        return member.number
    }

    /// Swaps a version in; its generation's number and what has to leave.
    @discardableResult
    mutating func swap(
        _ version: String, exports: [String] = ["add", "say message"]
    ) throws -> (number: Int, change: Catalog.Change) {
        let member = try member(version, exports: exports)
        return (member.number, try catalog.swap(in: member))
    }

    /// Binds a message export, which any range may.
    mutating func bindMessage(_ range: String, _ symbol: String = "say") throws {
        _ = try catalog.bind("p", VersionRange(range), symbol, as: .message)
    }

    /// Binds a typed export.
    mutating func bindTyped(_ range: String, _ symbol: String = "add", digest: String? = nil) throws {
        _ = try catalog.bind("p", VersionRange(range), symbol, as: digest.map { .contract($0) })
    }

    /// The version that serves a route now.
    func server(_ range: String) throws -> String? {
        let key = Catalog.RouteKey(plugin: "p", range: "\(try VersionRange(range))")
        return try #require(catalog.routes[key]).server.flatMap { catalog.members[$0] }.map { "\($0.version)" }
    }

    /// The current versions, oldest first.
    var current: [String] {
        catalog.members.values.filter(\.isCurrent).map(\.version).sorted().map { "\($0)" }
    }

    /// All versions, oldest first.
    var loaded: [String] { catalog.members.values.map(\.version).sorted().map { "\($0)" } }
}
