/// An export that a version offers under another type than callers have bound it with, or bind it with now.
///
/// Called through the wrong type, a function reads arguments that nobody passed; so such a version is not published, and
/// such a binding not made.
public struct TypeConflict: Error, Sendable, Equatable {
    /// The plugin's name.
    public let plugin: String
    /// Its version; `nil` where its manifest gives none.
    public let version: SemanticVersion?
    /// The C name.
    public let export: String
    /// What the version has.
    public var offered: Side
    /// What is bound.
    public var expected: Side
    /// Whose callers have bound it: `greeter ^1`, one at least.
    public var routes: [String]
    /// Whether a caller tried to bind it; otherwise its routes are bound already, and the version is to serve them.
    public let isBinding: Bool
    /// What differs, where both signatures are spelled alike: a clause.
    public var difference: String?

    /// One of the two types.
    public struct Side: Sendable, Equatable {
        /// As in a manifest: 16 hex digits, `message`, or `nil` where none is declared.
        public var declared: String? { type?.description }
        /// In C, where a snapshot of the contract is at hand.
        public var spelling: String?
        package let type: PluginManifest.ExportType?

        package init(_ type: PluginManifest.ExportType?, spelling: String? = nil) {
            self.type = type
            self.spelling = spelling
        }
    }

    package init(
        plugin: String, version: SemanticVersion?, export: String, offered: Side, expected: Side, routes: [String],
        isBinding: Bool = false, difference: String? = nil
    ) {
        self.plugin = plugin
        self.version = version
        self.export = export
        self.offered = offered
        self.expected = expected
        self.routes = routes
        self.isBinding = isBinding
        self.difference = difference
    }
}

extension TypeConflict: CustomStringConvertible {
    /// Both sides and what to do, safe to show.
    public var description: String {
        printable("\(statement(by: "\(plugin)\(version.map { " \($0)" } ?? "")")): \(remedy)")
    }

    /// What the version has, a noun.
    var offeredText: String { text(of: offered) }
    /// What is bound, a noun.
    var expectedText: String { text(of: expected) }

    /// Both sides, a clause.
    func statement(by subject: String) -> String {
        let shown = routes.prefix(3).joined(separator: ", ") + (routes.count > 3 ? " and \(routes.count - 3) more" : "")
        let bound =
            isBinding
            ? "the caller binds \(expectedText) through \(shown)"
            : "the \(routes.count == 1 ? "route" : "routes") \(shown) \(routes.count == 1 ? "is" : "are") bound to "
                + expectedText
        return "\(subject) has \(offeredText), \(bound)" + (difference.map { ": \($0)" } ?? "")
    }

    /// What to do, an imperative.
    var remedy: String {
        let newMajor = version.map { version in
            let end = version.line.end
            return "\(end.0).\(end.1).\(end.2)"
        }
        let release = "release it as \(newMajor ?? "a new major version")"
        switch (expected.type, offered.type) {
        case (.message, _) where !isBinding:
            return "keep \(export) a message export, or give the new function another name"
        case (_, .message):
            return isBinding
                ? "bind it with `messages`" : "keep the type of \(export), or give the message export another name"
        case (let type?, nil):
            return isBinding
                ? "let the plugin declare export = \(export) \(type), or bind it without a type, which proves nothing"
                : "write export = \(export) \(type) into the manifest if the function is unchanged, else \(release)"
        default:
            let remedy =
                isBinding
                ? "build the caller against the contract of \(version.map { "\($0)" } ?? "this version"), or bind a "
                    + "range whose version has the caller's type"
                : "keep the type of \(export), or \(release)"
            guard offered.spelling == nil || expected.spelling == nil else { return remedy }
            return remedy + "; plugctl contract diff OLD NEW tells two headers apart, and a snapshot beside each file "
                + "(plugctl contract snapshot HEADER -o FILE.so.contract) spells the types here"
        }
    }

    private func text(of side: Side) -> String {
        switch side.type {
        case nil: "\(export) of no declared type"
        case .message: "\(export) as a message export"
        case .contract(let digest): side.spelling.map { "\($0) [\(digest)]" } ?? "\(export) of type \(digest)"
        }
    }
}

extension PluginManifest.Export {
    /// Whether callers that bound `type` may be led to this export.
    ///
    /// Where nothing was declared when they bound, nothing was promised: a version that begins to declare a type may take
    /// over, and what is not proven stays so. What was declared must stay as it was, and be declared.
    package func keeps(_ type: PluginManifest.ExportType?) -> Bool {
        if type == nil, case .contract? = self.type { return true }
        return self.type == type
    }
}
