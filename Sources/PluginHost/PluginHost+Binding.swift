import Compatibility
public import PluginRegistry

/// What a caller wants to bind: a symbol, its C type in Swift, and the type that the contract gives it.
///
/// Declare it once, beside the contract; its generated header (`plugctl contract digest HEADER --header FILE`) has the
/// type as a constant:
///
///     let greet = Export("greet", as: Greet.self, type: GREETER_GREET_TYPE)
public struct Export<F>: Sendable {
    /// The C name.
    public let symbol: String
    /// 16 hex digits, as a manifest writes them behind the symbol; `nil` binds whatever type the plugin declares.
    public let type: String?

    /// Declares an export of a type that nobody compares: it is as binding as a header.
    ///
    /// - Parameter function: a C function type, `(@convention(c) (Int32, Int32) -> Int32).self`. Nothing at run time can
    ///   tell whether it is the right one.
    public init(_ symbol: String, as function: F.Type) {
        self.symbol = symbol
        type = nil
    }

    /// Declares an export of one type: a plugin that declares another, or none, is not bound.
    ///
    /// That `function` is this type in Swift is still the caller's word.
    ///
    /// - Parameter type: 16 hex digits; `bind` refuses any other text.
    public init(_ symbol: String, as function: F.Type, type: String) {
        self.symbol = symbol
        self.type = type
    }
}

extension PluginHost {
    /// A typed hold on one export through the route (plugin, range).
    ///
    /// - Parameters:
    ///   - range: npm's syntax, `^1.2`; it must stay within one line, because another line may have another C type.
    ///   - label: an arm of the route (`changeRoute`); `nil` is the main arm. A label that is removed later leads where the
    ///     main arm leads.
    /// - Throws: `notFound` when no loaded version is in the range, or the one that serves it lacks the export;
    ///   `contractType` when it has another type; `conflict` for a message export; `invalidRequest` for a bad range or a
    ///   malformed type; `BindingError.notACFunction`.
    public func bind<F>(
        _ plugin: String, _ range: String, _ export: Export<F>, label: String? = nil
    ) throws -> Binding<F> {
        try bind(plugin, range, export.symbol, try declaredType(of: export), as: F.self, label)
    }

    private func declaredType<F>(
        of export: Export<F>
    ) throws(PluginHostError) -> PluginManifest.ExportType? {
        guard let text = export.type else { return nil }
        guard case .contract(let digest) = PluginManifest.ExportType(text) else {
            throw .invalidRequest(
                "\"\(printable(text, limit: 80))\" is no type of \(export.symbol): give the 16 hex digits that "
                    + "plugctl contract digest HEADER prints, or bind a message export with `messages`")
        }
        return .contract(digest)
    }

    /// A hold on one message export through the route (plugin, range), which may span lines.
    ///
    /// - Throws: as `bind`; `invalidRequest` too where the export is not declared as a `message`.
    public func messages(
        _ plugin: String, _ range: String, _ symbol: String, label: String? = nil
    ) throws -> MessageBinding {
        // SAFETY: `swb_message_v1` is the type of every export declared as a message.
        let binding = try unsafe bind(plugin, range, symbol, .message, as: MessageFunction.self, label)
        return unsafe MessageBinding(binding, messageExport(plugin, symbol))
    }

    func messageExport(_ plugin: String, _ symbol: String) -> MessageExport {
        MessageExport(plugin: plugin, symbol: symbol, replyLimit: configuration.replyLimit)
    }

    /// - Throws: `PluginHostError.invalidRequest`, as a request's range may be anything.
    func parse(_ range: String) throws(PluginHostError) -> VersionRange {
        do throws(VersionRangeError) { return try VersionRange(range) } catch { throw .invalidRequest("\(error)") }
    }

    private func bind<F>(
        _ plugin: String, _ range: String, _ symbol: String, _ type: PluginManifest.ExportType?, as function: F.Type,
        _ label: String?
    ) throws -> Binding<F> {
        try refuseForkedChild()
        try Route.checkIsFunction(function)
        let parsed = try parse(range)
        var followUp: (HostState.Publication, Catalog.Change)?
        defer { if let followUp { follow(followUp.0, followUp.1) } }
        do {
            return try state.withLock { state in
                if state.isShutDown { throw Catalog.Refusal.conflict("the host is shut down") }
                if type == nil, unsafe F.self != MessageFunction.self, state.isMessage(plugin, parsed, symbol) {
                    throw Catalog.Refusal.conflict(
                        "\(symbol) of \(plugin) is a message export: use `messages`, or bind it as MessageFunction")
                }
                let (key, change) = try state.catalog.bind(
                    plugin, parsed, symbol, as: type, arm: label.map { .label($0) } ?? .main)
                followUp = (state.publish(change), change)
                guard let route = state.routes[key]?.route, let index = state.indices[plugin]?[symbol] else {
                    throw Catalog.Refusal.notFound("\(plugin) has no export \(symbol)")
                }
                return try route.binding(index, as: function)
            }
        } catch let refusal as Catalog.Refusal {
            throw failure(of: refusal)
        }
    }
}

extension HostState {
    /// Whether what would serve now declares the export as a message.
    fileprivate func isMessage(_ plugin: String, _ range: VersionRange, _ symbol: String) -> Bool {
        // Where nothing would serve, binding says so.
        guard let number = try? catalog.find(plugin, range, symbol, as: nil) else { return false }
        return catalog.members[number]?.exports[symbol]?.type == .message
    }
}
