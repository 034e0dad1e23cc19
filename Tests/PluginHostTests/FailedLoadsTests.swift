import PluginHost
import TestSupport
import Testing

/// Ten thousand loads that fail, of every kind, leave nothing.
@Suite(.timeLimit(.minutes(5))) struct FailedLoadsTests {
    @Test func tenThousandFailedLoadsLeaveNothingBehind() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            try await failTenThousandLoads(in: folder) { _ in }
        }
    }
}

/// Loads bad files of every kind in turn, and holds what the process has afterwards against what it had before.
func failTenThousandLoads(
    in folder: TemporaryFolder, _ configure: (inout HostConfiguration) -> Void
) async throws {
    let kinds = try badFiles(in: folder)
    var configuration = HostConfiguration(stagingDirectory: folder.file("staging"), log: { _ in })
    configure(&configuration)
    let host = try PluginHost(configuration)
    _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
    func fail(_ rounds: Int) async throws {
        for _ in 0..<rounds {
            for (path, code) in kinds {
                let error = try await hostError { _ = try await host.load(path) }
                if error.code != code { throw TestSupportError("\(path): \(error)") }
            }
        }
    }
    try await fail(20)
    let before = Footprint.now(copiesUnder: folder.path)
    try await fail(10_000 / kinds.count + 1)
    let excess = Footprint.now(copiesUnder: folder.path).excess(over: before)
    #expect(excess.isEmpty, "\(excess)")
    #expect(host.list(includingRetired: true).count == 1)
    await host.shutdown()
}

/// One file per kind, and the code of the error that it must end in.
private func badFiles(in folder: TemporaryFolder) throws -> [(path: String, code: String)] {
    let stopped = "-DSTOPPED=\"\(folder.file("stopped"))\""
    var files: [(path: String, code: String)] = []
    for (file, flags) in [
        ("refused_no_manifest.c", []), ("refused_malformed_manifest.c", []), ("refused_newer_abi.c", []),
        ("refused_missing_export.c", []), ("refused_several.c", ["-Wl,-z,execstack"]),
    ] {
        files.append((try Plugins.build(file, flags: flags + ["-Wl,--build-id"], into: folder), "refused"))
    }
    let good = try readFile(
        Plugins.answers("1.1.0", answer: 1, flags: ["-Wl,--build-id"], into: folder))
    files.append((try folder.write("not an ELF file\n", to: "text.so"), "refused"))
    files.append((try folder.write(Array(good.prefix(200)), to: "truncated.so"), "refused"))
    files.append((try folder.write([], to: "empty.so"), "refused"))
    var other = good
    other[18] = other[18] == 183 ? 62 : 183
    files.append((try folder.write(other, to: "other-machine.so"), "refused"))
    files.append(
        (
            try Plugins.build("fails_to_start.c", "1.1.0", flags: ["-Wl,--build-id", stopped], into: folder),
            "plugin-failed"
        ))
    files.append((try Plugins.build("undefined_symbol.c", flags: ["-Wl,--build-id"], into: folder), "refused"))
    files.append((folder.file("absent.so"), "not-found"))
    files.append((folder.path, "not-found"))
    return files
}
