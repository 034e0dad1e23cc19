// swift-tools-version: 6.2
import PackageDescription

// libFuzzer targets, one per parser of bytes from outside: a package of its own, because only `scripts/fuzz` can build it
// (`--sanitize=fuzzer`), and whoever depends on Switchboard should not see it. The rooms' parsers are not public; the
// targets reach them by `@testable import`, for which `scripts/fuzz` passes -enable-testing to every module.

let parsers = [
    "CType", "Contract", "ControlLine", "ELF", "LinkerCache", "Manifest", "Planted", "Policy", "Range", "Signature",
]

let package = Package(
    name: "Fuzz",
    dependencies: [.package(name: "Switchboard", path: "../..")],
    targets: [.target(name: "FuzzSupport")]
        + parsers.map { parser in
            .executableTarget(
                name: "Fuzz\(parser)",
                dependencies: ["FuzzSupport", .product(name: "ControlPlane", package: "Switchboard")])
        },
    swiftLanguageModes: [.v6]
)

for target in package.targets {
    target.swiftSettings = [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]
}
