import Compatibility

extension Contract {
    /// The digest of an export's type: 16 lower-case hex digits; `nil` for a `message` and for what is no export.
    ///
    /// Equal for equal types, in whichever header, order, spelling and for whichever target; different where the two sides
    /// of a call would disagree. Cost: linear in what the export reaches; of many exports at once, ask `exportTypes`.
    package func digest(of symbol: String) -> String? {
        exports[symbol] == .message ? nil : type(of: symbol)
    }

    /// The type of an export as a manifest has it: `message`, or the digest; `nil` for what is no export.
    package func type(of symbol: String) -> String? {
        var digests = TypeDigests(of: types)
        return exports[symbol].map { digests.type(of: $0) }
    }

    /// The types of all exports by their symbols, as manifests have them.
    ///
    /// Cost: linear in the contract, however many exports reach the same.
    package var exportTypes: [String: String] {
        var digests = TypeDigests(of: types)
        return exports.mapValues { digests.type(of: $0) }
    }
}
