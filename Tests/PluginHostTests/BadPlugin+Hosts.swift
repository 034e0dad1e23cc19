import Compatibility
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
        BadPlugin(name: "version_loaded_from_another_image") { folder in
            try Fixture.build(
                .file("answers.c"), named: "duplicate",
                flags: ["-DVERSION=\"1.4.0\"", "-DANSWER=1", "-Wl,--build-id=0x1122334455667788"], into: folder)
        } host: { facts in
            facts.loaded[0].name = "answers"
        },
        writable("writable_by_everybody", mode: 0o777),
        writable("writable_by_everybody_else_only", mode: 0o602),
    ]

    private static func sound(_ name: String, at host: @escaping @Sendable (inout HostFacts) -> Void) -> BadPlugin {
        BadPlugin(
            name: name, make: { try $0.write(try soundFile(), to: "sound.so") }, host: host)
    }

    private static func writable(_ name: String, mode: mode_t) -> BadPlugin {
        BadPlugin(name: name) { folder in
            let path = try folder.write(try soundFile(), to: "sound.so")
            guard chmod(path, mode) == 0 else { throw TestSupportError("chmod: errno \(errno)") }
            return path
        }
    }
}
