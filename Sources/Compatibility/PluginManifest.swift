/// The plugin's words about itself, read from its manifest: `key = value` lines, one per fact.
///
/// `PluginManifest(parsing:)` is the only way to one, so what is here has passed the grammar. What the words are worth
/// is for the gates to say: `version` may be no semantic version, an export may not exist, `abi` may be missing.
package struct PluginManifest: Sendable, Equatable, Codable {
    /// 1 to 64 letters, digits, dots, hyphens and underscores; starts with a letter or a digit.
    package let name: String
    /// As written; that it is a semantic version is a gate of its own.
    package let version: String
    /// The declared C functions in the order of the lines, each symbol once.
    package let exports: [Export]
    /// Plugins that must serve in the host, each name once.
    package let requires: [NamedRange]
    /// What this plugin offers under other names, each name once.
    package let provides: [NamedRange]
    /// The form of the state that `swb_save` writes; `nil` where the plugin hands none over.
    package let schema: UInt32?
    /// `state = live-ok`: the state may be saved while calls are running.
    package let savesStateWhileServing: Bool
    /// `unload = clean`: the author vouches that nothing of the image is used after `swb_stop`.
    package let vouchesForUnload: Bool
    /// The ABI that the plugin was compiled against; `nil` in an author's text, where macro and tool fill it in.
    package let abi: ABIVersion?
    /// What compiled the plugin; `nil` in an author's text, where macro and tool fill it in.
    package let toolchain: Toolchain?
    /// Lines that this host does not know, in their order.
    package let unknown: [UnknownLine]

    /// One C function that the registry resolves.
    package struct Export: Sendable, Hashable, Codable {
        /// A C identifier.
        package let symbol: String
        /// `nil` where the line names none: the caller's word is all there is.
        package let type: ExportType?
    }

    /// The type of an export.
    package enum ExportType: Sendable, Hashable {
        /// `swb_message_v1` of switchboard.h: bytes in, bytes out.
        case message
        /// The digest of the contract's declaration, 16 lower-case hex digits.
        case contract(String)
    }

    /// A name and the versions of it that are meant.
    package struct NamedRange: Sendable, Hashable, Codable {
        /// As restricted as a plugin's name.
        package let name: String
        package let range: VersionRange
    }

    /// A line that is well formed and means nothing to this host.
    package struct UnknownLine: Sendable, Hashable, Codable {
        /// The line's number, from 1.
        package let line: Int
        package let key: String
        package let value: String
    }
}

extension PluginManifest {
    /// What an ELF note may hold, in bytes; the macro's limit.
    package static let noteLimit = 16_384
    /// What a sidecar file may hold, in bytes.
    package static let sidecarLimit = 65_536
    /// The most `export` lines.
    package static let exportLimit = 1024
    /// The most `requires`, `provides` or unknown lines, each.
    package static let lineLimit = 64
    /// The longest name, in bytes.
    package static let nameLimit = 64
    /// The longest symbol, in bytes.
    package static let symbolLimit = 255
    /// The longest value of any line, in bytes.
    package static let valueLimit = KeyValueLine.valueLimit

    /// The lifecycle functions of switchboard.h: found by their symbols, never declared.
    package static let lifecycleSymbols: Set<String> = [
        "swb_start", "swb_stop", "swb_health", "swb_configure", "swb_save", "swb_restore",
    ]
}

extension PluginManifest.ExportType: CustomStringConvertible, Codable {
    /// As in the manifest: `message`, or the digest.
    package var description: String {
        switch self {
        case .message: "message"
        case .contract(let digest): digest
        }
    }

    /// Reads `message`, or 16 hex digits.
    package init?(_ text: String) {
        if text == "message" {
            self = .message
        } else if text.utf8.count == 16,
            text.utf8.allSatisfy({
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                    || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0 || UInt8(ascii: "A")...UInt8(ascii: "F") ~= $0
            })
        {
            self = .contract(text.lowercased())
        } else {
            return nil
        }
    }

    /// Reads the text form.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let type = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected message or 16 hex digits")
        }
        self = type
    }

    /// Writes the text form.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
