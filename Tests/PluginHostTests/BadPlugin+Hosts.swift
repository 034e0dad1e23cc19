import Compatibility
import ELFReader
import Glibc
import TestSupport

extension BadPlugin {
    /// Sound plugins that this one host cannot take.
    static let atOtherHosts: [BadPlugin] = [
        sound("glibc_newer_than_the_host") { $0.glibcVersion = "2.2" },
        sound("glibc_absent_on_the_host") { $0.glibcVersion = nil },
        BadPlugin(name: "glibc_version_unreadable") { folder in
            var bytes = try soundFile()
            try bytes.replace("GLIBC_2.2.5", with: "GLIBC_next!")
            bytes.store(0x928_c201, size: 4, at: 0x390)  // the name's hash, without which the file is broken
            return try folder.write(bytes, to: "next.so")
        },
        BadPlugin(name: "swift_runtime_linked_into_the_host") { folder in
            try build("refused_swift_toolchain_version.c", named: "shared", into: folder)
        } host: {
            $0.swiftRuntime = .static
        },
        BadPlugin(name: "cxx_library_newer_than_the_host") { folder in
            try Fixture.build(
                .file("speaks.cpp"), named: "cxx", compiler: .gPlusPlus, flags: ["-Wl,--no-as-needed"], into: folder)
        } host: {
            $0.glibcxxVersion = "3.4.1"
            $0.cxxabiVersion = "1.3"
        },
        BadPlugin(name: "brings_a_second_swift_runtime") { folder in
            let runtime = try Fixture.build(
                "__attribute__((visibility(\"default\"))) void swift_addNewDSOImage(void) {}", named: "libsecond",
                into: folder)
            return try Fixture.build(
                .file("answers.c"), named: "second",
                flags: ["-DVERSION=\"1.0.0\"", "-DANSWER=1", "-Wl,--no-as-needed", runtime], into: folder)
        },
        BadPlugin(name: "swift_struct_of_another_size") { folder in
            try SwiftPlugins.config("2.0.0", .second, module: "BadConfig", compiler: "6.3.1", into: folder)
        } host: {
            var swift = LoadedSwift(runtimeVersion: "6.3.0")
            swift.add(
                SwiftFacts(structs: ["Config": .init(size: 4, alignment: 4, stride: 4)]), of: .init(name: "base 1.4.0"))
            $0.swift = swift
        },
        BadPlugin(name: "swift_runtime_of_another_release") { folder in
            try SwiftPlugins.config("2.0.0", .first, module: "BadRuntime", compiler: "6.3.1", into: folder)
        } host: {
            $0.swift = LoadedSwift(runtimeVersion: "6.2.0")
        },
        BadPlugin(name: "looks_for_a_library_above_its_folder") { folder in
            let help = try Fixture.build(
                "__attribute__((visibility(\"default\"))) int help(void) { return 1; }", named: "libabovehelp",
                flags: ["-Wl,-soname,libabovehelp.so"], into: folder)
            return try Fixture.build(
                .file("answers.c"), named: "above",
                flags: [
                    "-DVERSION=\"1.0.0\"", "-DANSWER=1", "-Wl,--no-as-needed", "-Wl,-rpath,$ORIGIN/../lib", help,
                ], into: folder)
        },
        BadPlugin(name: "version_loaded_from_another_image") { folder in
            try Fixture.build(
                .file("answers.c"), named: "duplicate",
                flags: ["-DVERSION=\"1.4.0\"", "-DANSWER=1", "-Wl,--build-id=0x1122334455667788"], into: folder)
        } host: { facts in
            facts.loaded[0].name = "answers"
        },
        retyped("type_changed_on_bound_routes", as: "8899aabbccddeeff") {
            $0.bound = [
                .init(route: "answers ^1", symbol: "answer", type: .contract("0011223344556677")),
                .init(route: "answers ~1.1", symbol: "answer", type: .contract("0011223344556677")),
                .init(route: "answers ^1", symbol: "tell", type: .message),
            ]
        },
        retyped("type_changed_and_spelled", as: "8899aabbccddeeff") {
            $0.bound = [
                .init(
                    route: "answers ^1", symbol: "answer", type: .contract("0011223344556677"),
                    spelling: .init(offered: "int answer(long)", expected: "int answer(int)"))
            ]
        },
        retyped("type_not_declared_any_more", as: "") {
            $0.bound = [.init(route: "answers ^1", symbol: "answer", type: .contract("0011223344556677"))]
        },
        retyped("message_export_became_a_function", as: "8899aabbccddeeff") {
            $0.bound = [.init(route: "answers >=1", symbol: "answer", type: .message)]
        },
        retyped("function_became_a_message_export", as: "8899aabbccddeeff") {
            $0.bound = [.init(route: "answers ^1", symbol: "tell", type: nil)]
        },
        writable("writable_by_everybody", mode: 0o777),
        writable("writable_by_everybody_else_only", mode: 0o602),
    ]

    private static func sound(_ name: String, at host: @escaping @Sendable (inout HostFacts) -> Void) -> BadPlugin {
        BadPlugin(
            name: name, make: { try $0.write(try soundFile(), to: "sound.so") }, host: host)
    }

    private static func retyped(
        _ name: String, as digest: String, at host: @escaping @Sendable (inout HostFacts) -> Void
    ) -> BadPlugin {
        BadPlugin(
            name: name,
            make: { folder in
                try Fixture.build(
                    .file("answers_in_contract.c"), named: "retyped",
                    flags: ["-DVERSION=\"1.1.0\"", "-DDIGEST=\"\(digest)\""], into: folder)
            }, host: host)
    }

    private static func writable(_ name: String, mode: mode_t) -> BadPlugin {
        BadPlugin(name: name) { folder in
            let path = try folder.write(try soundFile(), to: "sound.so")
            guard chmod(path, mode) == 0 else { throw TestSupportError("chmod: errno \(errno)") }
            return path
        }
    }

    /// A foreign library and its sidecar.
    static let foreign: [BadPlugin] = [
        sidecar("sidecar_malformed", "name = foreign\nversion 1.2.3\nexport = answer\n"),
        sidecar("sidecar_without_a_version", "name = foreign\nexport = answer\n"),
        sidecar("sidecar_of_a_library_without_the_export", "name = foreign\nversion = 1.2.3\nexport = crc32\n"),
        sidecar("sidecar_with_an_abi", "name = foreign\nversion = 1.2.3\nexport = answer\nabi = 0.1\n"),
        sidecar("sidecar_too_long", String(repeating: "#", count: 65_537)),
        BadPlugin(name: "sidecar_of_a_plugin_with_a_manifest") { folder in
            try folder.write("name = seed\nversion = 1.0.0\nexport = answer\n", to: "sound.so.manifest")
            return try folder.write(try soundFile(), to: "sound.so")
        },
        BadPlugin(name: "sidecar_writable_by_everybody") { folder in
            let path = try library(with: "name = foreign\nversion = 1.2.3\nexport = answer\n", in: folder)
            guard chmod(path + ".manifest", 0o666) == 0 else { throw TestSupportError("chmod: errno \(errno)") }
            return path
        },
    ]

    /// Sound plugins of somebody or in a place that the operator does not allow.
    static let misplaced: [BadPlugin] = [
        BadPlugin(
            name: "owner_not_allowed", make: sound, looked: { $0.owner = 1000 },
            policy: policy { $0.owners = [.init(name: "builder", uid: 4711)] }),
        BadPlugin(
            name: "folder_not_allowed", make: sound, looked: lying(in: ["/", "/home", "/home/ann"]),
            policy: policy { $0.folders = ["/srv/plugins"] }),
        BadPlugin(
            name: "folder_writable_by_everybody", make: sound,
            looked: {
                lying(in: ["/", "/srv", "/srv/plugins"])(&$0)
                $0.folders[2].permissions = 0o777
            }, policy: policy { $0.folders = ["/srv/plugins"] }),
        BadPlugin(
            name: "folder_of_another_user", make: sound,
            looked: {
                lying(in: ["/", "/srv", "/srv/plugins"])(&$0)
                $0.folders[1].owner = 1000
            }, policy: policy { $0.folders = ["/srv/plugins"] }),
        BadPlugin(
            name: "folder_unknown", make: sound,
            looked: {
                $0.resolvedPath = nil
                $0.folders = []
            }, policy: policy { $0.folders = ["/srv/plugins"] }),
    ]

    private static func sound(into folder: TemporaryFolder) throws -> String {
        try folder.write(try soundFile(), to: "sound.so")
    }

    private static func policy(_ rules: (inout FileRules) -> Void) -> GatePolicy {
        var policy = GatePolicy()
        rules(&policy.files)
        return policy
    }

    private static func lying(in folders: [String]) -> @Sendable (inout Candidate) -> Void {
        { candidate in
            candidate.resolvedPath = (folders.last ?? "") + "/sound.so"
            candidate.folders = folders.map { FileFacts.Folder(path: $0, owner: 0, permissions: 0o755) }
        }
    }

    private static func sidecar(_ name: String, _ text: String) -> BadPlugin {
        BadPlugin(name: name) { try library(with: text, in: $0) }
    }

    /// A library that nobody here wrote, and a text beside it.
    private static func library(with sidecar: String, in folder: TemporaryFolder) throws -> String {
        try folder.write(sidecar, to: "libforeign.so.manifest")
        return try Fixture.build(
            "__attribute__((visibility(\"default\"))) int answer(void) { return 5; }", named: "libforeign", into: folder
        )
    }
}
