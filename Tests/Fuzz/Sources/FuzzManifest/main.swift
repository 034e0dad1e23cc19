import FuzzSupport

@testable import Compatibility

/// Manifest: any bytes give a manifest within its limits, which reads back from its own lines, or an error safe to show.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzManifest(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let manifest: PluginManifest
    do throws(ManifestError) {
        manifest = try PluginManifest(parsing: bytes, limit: PluginManifest.sidecarLimit)
    } catch {
        law("an error is safe to show", isPrintable(error.description))
        law("an error is bounded", error.description.utf8.count < 16_384)
        law("an error says what to do", !error.problem.isEmpty && !error.remedy.isEmpty)
        law("an error names a line of the text", (error.line ?? 1) <= bytes.count { $0 == 10 } + 1)
        return 0
    }
    law("a name is a name", PluginManifest.isName(manifest.name), manifest.name)
    law("exports are bounded", manifest.exports.count <= PluginManifest.exportLimit)
    law("exports are C identifiers", manifest.exports.allSatisfy { PluginManifest.isSymbol($0.symbol) })
    law("exports are there once", Set(manifest.exports.map(\.symbol)).count == manifest.exports.count)
    for list in [manifest.requires, manifest.provides] {
        law("ranges are bounded", list.count <= PluginManifest.lineLimit)
        law("names are there once", Set(list.map(\.name)).count == list.count)
    }
    law("unknown lines are bounded", manifest.unknown.count <= PluginManifest.lineLimit)

    do throws(ManifestError) {
        let again = try PluginManifest(parsing: lines(of: manifest), limit: 1 << 20)
        law("a manifest reads back from its lines", isSame(again, manifest), lines(of: manifest))
    } catch {
        law("a manifest's lines are a manifest", false, "\(error) of \(lines(of: manifest))")
    }
    return 0
}

/// The manifest as text, in the order of its properties.
private func lines(of manifest: PluginManifest) -> String {
    var lines = ["name = \(manifest.name)", "version = \(manifest.version)"]
    lines += manifest.exports.map { "export = \($0.symbol)" + ($0.type.map { " \($0)" } ?? "") }
    lines += manifest.requires.map { "requires = \($0.name) \($0.range)" }
    lines += manifest.provides.map { "provides = \($0.name) \($0.range)" }
    if let schema = manifest.schema { lines.append("schema = \(schema)") }
    if manifest.savesStateWhileServing { lines.append("state = live-ok") }
    if manifest.vouchesForUnload { lines.append("unload = clean") }
    if let abi = manifest.abi { lines.append("abi = \(abi)") }
    if let toolchain = manifest.toolchain { lines.append("toolchain = \(toolchain)") }
    lines += manifest.unknown.map { "\($0.key) = \($0.value)" }
    return lines.joined(separator: "\n")
}

/// Equality but for the numbers of unknown lines.
private func isSame(_ one: PluginManifest, _ other: PluginManifest) -> Bool {
    one.name == other.name && one.version == other.version && one.exports == other.exports
        && one.requires == other.requires && one.provides == other.provides && one.schema == other.schema
        && one.savesStateWhileServing == other.savesStateWhileServing
        && one.vouchesForUnload == other.vouchesForUnload && one.abi == other.abi && one.toolchain == other.toolchain
        && one.unknown.map(\.key) == other.unknown.map(\.key) && one.unknown.map(\.value) == other.unknown.map(\.value)
}
