import Compatibility
public import PluginRegistry

/// What a caller wants to bind: a symbol, its C type in Swift, and the contract's digest where the manifest has one.
///
/// Declare it once, beside the contract.
public struct Export<F>: Sendable {
    /// The C name.
    public let symbol: String
    /// 16 hex digits over the contract's header; `nil` binds whatever type the plugin declares.
    public let type: ContractDigest?

    /// Declares an export.
    ///
    /// - Parameter function: a C function type, `(@convention(c) (Int32, Int32) -> Int32).self`. Nothing at run time can
    ///   tell whether it is the right one: it is as binding as a header.
    public init(_ symbol: String, as function: F.Type, type: ContractDigest? = nil) {
        self.symbol = symbol
        self.type = type
    }
}

/// The digest of an export's contract, as a manifest writes it behind the symbol.
public struct ContractDigest: Sendable, Hashable, CustomStringConvertible {
    /// 16 lower-case hex digits.
    public let description: String

    /// Reads 16 hex digits; `nil` for anything else.
    public init?(_ text: String) {
        guard case .contract(let digits) = PluginManifest.ExportType(text) else { return nil }
        description = digits
    }
}

extension PluginHost {
    /// A typed hold on one export through the route (plugin, range).
    ///
    /// - Parameters:
    ///   - range: npm's syntax, `^1.2`; it must stay within one line, because another line may have another C type.
    ///   - label: an arm of the route (`changeRoute`); `nil` is the main arm. A label that is removed later leads where the
    ///     main arm leads.
    /// - Throws: `notFound` when no loaded version is in the range, or the one that serves it lacks the export; `conflict` when it has another type;
    ///   `invalidRequest` for a bad range; `BindingError.notACFunction`.
    public func bind<F>(
        _ plugin: String, _ range: String, _ export: Export<F>, label: String? = nil
    ) throws -> Binding<F> {
        let type = export.type.map { PluginManifest.ExportType.contract($0.description) }
        return try bind(plugin, range, export.symbol, type, as: F.self, label)
    }

    /// A hold on one message export through the route (plugin, range), which may span lines.
    ///
    /// - Throws: as `bind`; `conflict` too where the export is not declared as a `message`.
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
        do {
            return try state.withLock { state in
                if state.isShutDown { throw Catalog.Refusal.conflict("the host is shut down") }
                let (key, change) = try state.catalog.bind(
                    plugin, parsed, symbol, as: type, arm: label.map { .label($0) } ?? .main)
                _ = state.publish(change)
                guard let route = state.routes[key]?.route, let index = state.indices[plugin]?[symbol] else {
                    throw Catalog.Refusal.notFound("\(plugin) has no export \(symbol)")
                }
                return try route.binding(index, as: function)
            }
        } catch let refusal as Catalog.Refusal {
            throw PluginHostError(refusal)
        }
    }
}
