package import Compatibility

/// One release of a plugin as two are compared: its own words, what its file shows, and its contract where one is at hand.
package struct Release: Sendable {
    /// Where its file lies, for messages.
    package var path: String
    package var manifest: PluginManifest
    /// The functions that dlsym finds.
    package var functions: Set<String>
    package var unloadClass: UnloadClass
    /// Why, each a clause.
    package var unloadReasons: [String]
    /// As compilers' targets spell it.
    package var machine: String
    package var soname: String?
    /// DT_NEEDED, in file order.
    package var needed: [String]
    /// `GLIBC_2.34` and the like, of all libraries.
    package var versionNeeds: [String]
    /// The snapshot beside the file.
    package let contract: Contract?
    /// What it says of the exports, as manifests do.
    let snapshotTypes: [String: String]

    package init(
        path: String, manifest: PluginManifest, functions: Set<String>, unloadClass: UnloadClass = .unloadable,
        unloadReasons: [String] = [], machine: String = "x86-64", soname: String? = nil, needed: [String] = [],
        versionNeeds: [String] = [], contract: Contract? = nil
    ) {
        self.path = path
        self.manifest = manifest
        self.functions = functions
        self.unloadClass = unloadClass
        self.unloadReasons = unloadReasons
        self.machine = machine
        self.soname = soname
        self.needed = needed
        self.versionNeeds = versionNeeds
        self.contract = contract
        snapshotTypes = contract?.exportTypes ?? [:]
    }

    /// The type of an export, from the manifest or else from the contract.
    func type(of symbol: String) -> String? {
        manifest.exports.first { $0.symbol == symbol }?.type?.description ?? snapshotTypes[symbol]
    }

    /// The functions that it exports and does not declare, the lifecycle apart.
    var undeclared: Set<String> {
        functions.subtracting(manifest.exports.map(\.symbol)).subtracting(PluginManifest.lifecycleSymbols)
    }
}
