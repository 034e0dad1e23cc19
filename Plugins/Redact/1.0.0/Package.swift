// swift-tools-version: 6.2
import PackageDescription

// The module's name carries the version: a host may hold several versions in one process, and the Swift runtime looks
// some things up by module and type name.
let package = Package(
    name: "Redact_1_0_0",
    products: [.library(name: "Redact_1_0_0", type: .dynamic, targets: ["Redact_1_0_0"])],
    dependencies: [.package(name: "Switchboard", path: "../../..")],
    targets: [
        .systemLibrary(name: "CRedact"),
        .target(
            name: "Redact_1_0_0",
            dependencies: ["CRedact", .product(name: "CPluginABI", package: "Switchboard")],
            swiftSettings: [.strictMemorySafety(), .enableUpcomingFeature("InternalImportsByDefault")],
            plugins: [.plugin(name: "ManifestPlugin", package: "Switchboard")]),
    ],
    swiftLanguageModes: [.v6]
)
