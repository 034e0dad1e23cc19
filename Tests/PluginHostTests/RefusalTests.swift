import Compatibility
import Glibc
import PluginHost
import TestSupport
import Testing

/// Files that must not be loaded: each through the host, with what it is told.
@Suite struct RefusalTests {
    /// A fixture, its flags, and the codes of every gate that must refuse it.
    static let refused: [(file: String, flags: [String], codes: [String])] = [
        ("refused_no_manifest.c", [], ["manifest.absent"]),
        ("refused_malformed_manifest.c", [], ["manifest.malformed"]),
        ("refused_newer_abi.c", [], ["abi.major"]),
        ("refused_version.c", [], ["version.semver"]),
        ("refused_missing_export.c", [], ["exports.missing"]),
        ("answers.c", ["-Wl,-z,execstack", "-DANSWER=1"], ["elf.exec-stack"]),
        (
            "refused_several.c", ["-Wl,-z,execstack"],
            ["elf.exec-stack", "abi.major", "version.semver", "exports.missing"]
        ),
    ]

    @Test(arguments: refused)
    func refusalHasAllFindings(_ file: String, _ flags: [String], _ codes: [String]) async throws {
        try await withHost { host, folder in
            let path = try Plugins.build(file, flags: flags, into: folder)
            guard case .refused(let report) = try await hostError({ _ = try await host.load(path) }) else {
                Issue.record("not refused")
                return
            }
            #expect(Set(report.refusals.map(\.code)) == Set(codes))
            #expect(report.path == path, "the operator's file, not our copy")
            #expect(report.refusals.allSatisfy { !$0.statement.isEmpty && !$0.remedy.isEmpty })
            #expect(report.findings.count >= GatePolicy.codes.count, "every gate had its say")
            #expect(mappedCopies(under: folder) == [])
            #expect(try copies(of: host) == [])
        }
    }

    /// The gates and the dynamic linker look in the same places: nothing is mapped that no gate saw.
    @Test(arguments: [SignaturePolicy.Mode.off, .warn])
    func aLibraryPlantedAroundTheCopyIsNeverMapped(_ mode: SignaturePolicy.Mode) async throws {
        try await withHost({ $0.signatures = .init(mode: mode) }) { host, folder in
            let marker = folder.file("ran")
            func helper(_ code: String, in subfolder: String) throws -> String {
                let place = folder.file(subfolder)
                guard mkdir(place, 0o777) == 0 else { throw TestSupportError("mkdir: errno \(errno)") }
                let built = try Fixture.build(
                    "#include <fcntl.h>\n__attribute__((visibility(\"default\"))) int help(void) { return 1; }\n\(code)",
                    named: "libhelpplanted\(subfolder)", flags: ["-Wl,-soname,libhelpplanted.so"], into: folder)
                guard rename(built, place + "/libhelpplanted.so") == 0 else { throw TestSupportError("\(errno)") }
                return place
            }
            let good = try helper("", in: "good")
            let planted = try helper(
                "__attribute__((constructor)) static void run(void) { creat(\"\(marker)\", 0600); }", in: "planted")
            // A copy's folder lies one or two below the folder for copies, a sealed one's is /proc/<pid>/fd.
            let paths = ["$ORIGIN/../planted", "$ORIGIN/../../planted", "$ORIGIN/../../..\(planted)", good]
            let path = try Plugins.answers(
                "1.0.0", answer: 1,
                flags: [
                    "-Wl,--no-as-needed", "\(good)/libhelpplanted.so", "-Wl,-rpath,\(paths.joined(separator: ":"))",
                ], into: folder)
            let error = try await hostError { _ = try await host.load(path) }
            #expect(access(marker, F_OK) != 0, "its constructor ran")
            guard case .refused(let report) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(report.refusals.map(\.code) == ["needed.missing"])
        }
    }

    @Test func wrongMachineIsRefusedWithBothSides() async throws {
        try await withHost { host, folder in
            var bytes = try readFile(Plugins.answers("1.0.0", answer: 1, into: folder))
            bytes[18] = bytes[18] == 183 ? 62 : 183
            let path = try folder.write(bytes, to: "other-machine.so")
            guard case .refused(let report) = try await hostError({ _ = try await host.load(path) }) else {
                Issue.record("not refused")
                return
            }
            let finding = try #require(report.refusals.first { $0.code == "elf.machine" })
            #expect(!finding.plugin.isEmpty && !finding.host.isEmpty && finding.plugin != finding.host)
        }
    }

    @Test(arguments: [0, 1, 3, 15, 63, 64, 500, 4096])
    func truncatedFileIsRefused(_ count: Int) async throws {
        try await withHost { host, folder in
            let bytes = try readFile(Plugins.answers("1.0.0", answer: 1, into: folder))
            let path = try folder.write(Array(bytes.prefix(count)), to: "truncated.so")
            let error = try await hostError { _ = try await host.load(path) }
            #expect(error.code == "refused")
            #expect(try copies(of: host) == [])
        }
    }

    /// Nothing is opened: the gate sees what the dynamic linker would say.
    @Test func symbolThatNobodyDefinesIsRefusedBeforehand() async throws {
        try await withHost { host, folder in
            let path = try Plugins.build("undefined_symbol.c", into: folder)
            let error = try await hostError { _ = try await host.load(path) }
            guard case .refused(let report) = error else { Issue.record("\(error)"); return }
            #expect(report.refusalCodes == "symbols.unresolved")
            #expect(report.refusals.first?.statement.contains("nobody_defines_this") == true)
            #expect(mappedCopies(under: folder) == [])
            #expect(try copies(of: host) == [])
        }
    }

    @Test func fileThatOthersCanWriteIsRefused() async throws {
        try await withHost { host, folder in
            let path = try Plugins.answers("1.0.0", answer: 1, into: folder)
            #expect(chmod(path, 0o777) == 0)
            guard case .refused(let report) = try await hostError({ _ = try await host.load(path) }) else {
                Issue.record("not refused")
                return
            }
            #expect(report.refusals.map(\.code) == ["file.writable"])
        }
    }

    @Test func whatIsNoRegularFileIsRefusedWithoutWaiting() async throws {
        try await withHost { host, folder in
            let pipe = folder.file("pipe.so")
            #expect(mkfifo(pipe, 0o600) == 0)
            for path in [pipe, folder.path, "/dev/zero", "/dev/null", folder.file("absent.so"), pipe + "/below", ""] {
                let error = try await hostError { _ = try await host.load(path) }
                #expect(error.code == "not-found", "\(path)")
            }
            #expect(try copies(of: host) == [])
        }
    }

    @Test func symbolicLinkIsFollowedAndALoopIsAnError() async throws {
        try await withHost { host, folder in
            let path = try Plugins.answers("1.0.0", answer: 1, into: folder)
            #expect(symlink(path, folder.file("link.so")) == 0)
            #expect(try await host.load(folder.file("link.so")).plugin == "answers")
            #expect(symlink(folder.file("loop.so"), folder.file("loop.so")) == 0)
            let error = try await hostError { _ = try await host.load(folder.file("loop.so")) }
            #expect(error.code == "system")
        }
    }

    @Test func fileOfTheKernelWithoutASizeIsRefused() async throws {
        try await withHost { host, _ in
            let error = try await hostError { _ = try await host.load("/proc/self/maps") }
            #expect(error.description.contains("/proc/self/maps"))
            #expect(try copies(of: host) == [])
        }
    }
}
