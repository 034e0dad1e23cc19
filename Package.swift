// swift-tools-version: 6.2
import PackageDescription

// The rooms of the house, in the order in which the arrows point: nothing imports what stands below it.
// `scripts/check` compares every target's imports with the same table, because the compiler's own check
// (`--explicit-target-dependency-import-check error`) lets transitive imports pass.

let package = Package(
    name: "Switchboard",
    products: [
        .library(name: "PluginHost", targets: ["PluginHost"]),
        .library(name: "ControlPlane", targets: ["ControlPlane"]),
        .library(name: "CPluginABI", targets: ["CPluginABI"]),
        .plugin(name: "ManifestPlugin", targets: ["ManifestPlugin"]),
        .executable(name: "plugctl", targets: ["plugctl"]),
        .executable(name: "plugbench", targets: ["plugbench"]),
        .executable(name: "redact-filter", targets: ["redact-filter"]),
    ],
    targets: [
        // C: the contract with plugins, the pins, and what Glibc's Swift module lacks.
        .target(name: "CPluginABI"),
        .target(name: "CPin"),
        .target(name: "CLinuxShims"),

        // Load and judge.
        .target(name: "LinuxSystem", dependencies: ["CLinuxShims"]),
        .target(name: "ELFReader"),
        .target(name: "Compatibility", dependencies: ["ELFReader"]),
        // Types of exports: the contract that host and plugin share.
        .target(name: "Contract", dependencies: ["Compatibility"]),
        .target(name: "ContractCompiler", dependencies: ["Contract", "Compatibility", "LinuxSystem", "CLinuxShims"]),
        .target(name: "PluginLoading", dependencies: ["CLinuxShims", "LinuxSystem", "ELFReader", "Compatibility"]),

        // Call and swap.
        .target(name: "PluginRegistry", dependencies: ["CPin"]),

        // What an application imports.
        .target(
            name: "PluginHost",
            dependencies: [
                "CLinuxShims", "CPluginABI", "LinuxSystem", "ELFReader", "Compatibility", "Contract", "PluginLoading",
                "PluginRegistry",
            ]),
        .target(name: "ControlPlane", dependencies: ["CLinuxShims", "LinuxSystem", "Compatibility", "PluginHost"]),

        // Thin mains.
        .executableTarget(
            name: "plugctl",
            dependencies: [
                "ELFReader", "Compatibility", "Contract", "ContractCompiler", "LinuxSystem", "PluginHost",
                "ControlPlane",
            ]),
        .executableTarget(
            name: "plugbench",
            dependencies: [
                "CLinuxShims", "LinuxSystem", "Compatibility", "PluginLoading", "PluginRegistry", "PluginHost",
            ]),
        .executableTarget(
            name: "redact-filter", dependencies: ["PluginHost", "ControlPlane"]),

        // Build time: a Swift author's manifest.
        .executableTarget(
            name: "manifest-tool", dependencies: ["CPluginABI", "Compatibility", "LinuxSystem"]),
        .plugin(
            name: "ManifestPlugin", capability: .buildTool(), dependencies: ["manifest-tool"],
            path: "Sources/ManifestPlugin"),

        // Tests mirror the rooms.
        .target(name: "TestSupport", dependencies: ["ELFReader", "PluginLoading"], path: "Tests/TestSupport"),
        .executableTarget(
            name: "mutation-round", dependencies: ["PluginHost", "Compatibility", "TestSupport"],
            path: "Tests/MutationRound"),
        .testTarget(name: "ELFReaderTests", dependencies: ["ELFReader", "TestSupport"]),
        .testTarget(name: "CompatibilityTests", dependencies: ["Compatibility", "ELFReader", "TestSupport"]),
        .testTarget(name: "ContractTests", dependencies: ["Contract", "Compatibility", "TestSupport"]),
        .testTarget(
            name: "ContractCompilerTests",
            dependencies: ["ContractCompiler", "Contract", "Compatibility", "LinuxSystem", "TestSupport"]),
        .testTarget(name: "PluginRegistryTests", dependencies: ["PluginRegistry", "CPin", "TestSupport"]),
        .testTarget(
            name: "PluginLoadingTests",
            dependencies: ["PluginLoading", "Compatibility", "ELFReader", "LinuxSystem", "CLinuxShims", "TestSupport"]),
        .testTarget(
            name: "PluginHostTests",
            dependencies: [
                "PluginHost", "PluginLoading", "PluginRegistry", "CPin", "CPluginABI", "Compatibility", "Contract",
                "LinuxSystem", "TestSupport",
            ]),
        .testTarget(
            name: "SoakTests", dependencies: ["PluginHost", "PluginRegistry", "Compatibility", "TestSupport"]),
        .testTarget(
            name: "ControlPlaneTests", dependencies: ["ControlPlane", "PluginHost", "LinuxSystem", "TestSupport"]),
        .testTarget(name: "CommandLineTests", dependencies: ["TestSupport"]),
        .testTarget(name: "CPluginABITests", dependencies: ["CPluginABI", "TestSupport"]),
        .testTarget(name: "PluginsTests", dependencies: ["CPluginABI", "PluginHost", "TestSupport", "manifest-tool"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu11
)

// SwiftPM builds all test targets or none: `scripts/test` names the few that it builds once more, in release or under a
// sanitizer.
if let wanted = Context.environment["SWITCHBOARD_TEST_TARGETS"]?.split(separator: " ") {
    package.targets.removeAll { $0.isTest && !wanted.contains(Substring($0.name)) }
}

for target in package.targets where target.type != .plugin {
    let name = target.name
    if ["CPluginABI", "CPin", "CLinuxShims"].contains(name) {
        target.cSettings = [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")]
        continue
    }
    target.swiftSettings = [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]
    // The tests handle raw memory of their own making; the rooms they test count every unsafe expression.
    if !target.isTest && !["TestSupport", "mutation-round"].contains(name) {
        target.swiftSettings?.append(.strictMemorySafety())
    }
}
