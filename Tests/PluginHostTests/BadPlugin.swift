import Compatibility
import Glibc
import LinuxSystem
import PluginHost
import PluginLoading
import TestSupport
import Testing

/// A file that must not be loaded, named after its refusal, and the host that it is offered to.
struct BadPlugin: Sendable, CustomTestStringConvertible {
    /// `manifest_key_twice` for `Tests/Fixtures/refused_manifest_key_twice.c`; other names are of files made in code.
    let name: String
    /// Makes the file in a folder and returns its path.
    let make: @Sendable (TemporaryFolder) throws -> String
    /// What is special about the host.
    var host: @Sendable (inout HostFacts) -> Void = { _ in }
    /// What is special about what the host sees of the file.
    var looked: @Sendable (inout Candidate) -> Void = { _ in }
    /// What its operator allows.
    var policy = GatePolicy()

    var testDescription: String { name }

    /// All of them: one per fixture `refused_*`, then those made in code.
    static let all: [BadPlugin] =
        fixtures + damaged + otherFiles + atOtherHosts + helped + versioned + foreign + misplaced + unsigned

    /// Judges it as a load would, by a host whose facts are the same on every machine.
    func report() throws -> GateReport {
        let folder = try TemporaryFolder()
        let path = try make(folder)
        let descriptor = try FileDescriptor(opening: path, O_RDONLY)
        let status = try descriptor.status(of: path)
        let file = FileFacts(of: descriptor, status, at: path)
        var candidate = try MappedFile(copying: descriptor, at: path).withBytes { bytes in
            Candidate(
                reading: bytes, of: file, sidecar: .find(beside: file),
                identity: FileIdentity(device: 1, inode: 2, size: Int64(status.st_size)), for: .load)
        }
        looked(&candidate)
        return GateReport.judge(candidate, host: try facts(), policy: policy)
    }

    /// The facts of this process, with fixed versions, and one plugin loaded: `base` 1.4.0, which provides `store`.
    private func facts() throws -> HostFacts {
        var facts = try HostFacts.current()
        facts.glibcVersion = "2.36"
        facts.swiftVersion = "6.3.1"
        facts.x86Level = 3
        facts.loaded = [
            .init(
                name: "base", version: try SemanticVersion("1.4.0"), image: ImageID(buildID: [1, 2, 3, 4, 5, 6, 7, 8]),
                provides: [.init(name: "store", range: try VersionRange("^2.1"))])
        ]
        host(&facts)
        return facts
    }
}

extension BadPlugin {
    /// One per file `refused_*` of Tests/Fixtures, in the order of their names.
    private static let fixtures: [BadPlugin] = {
        let names = (try? folderEntries(Fixture.sourceFolder)) ?? []  // none at all fails every test of the suite
        return names.filter { $0.hasPrefix("refused_") && ($0.hasSuffix(".c") || $0.hasSuffix(".cpp")) }.sorted()
            .map { file in
                let stem = String(file.prefix { $0 != "." })
                return BadPlugin(name: String(stem.dropFirst("refused_".count))) { folder in
                    try build(file, named: stem, into: folder)
                }
            }
    }()

    /// Builds a fixture as the comment in its first line says: `FLAGS:` are added, `COMPILER:` replaces clang.
    static func build(_ file: String, named name: String, into folder: TemporaryFolder) throws -> String {
        let text = String(decoding: try readFile("\(Fixture.sourceFolder)/\(file)"), as: UTF8.self)
        let words = text.prefix { $0 != "\n" }.split(separator: " ").map(String.init)
        func following(_ label: String) -> ArraySlice<String> {
            words.firstIndex(of: label).map { words[($0 + 1)...].prefix { $0 != "*/" && !$0.hasSuffix(":") } } ?? []
        }
        let flags = Array(following("FLAGS:"))
        let compiler = following("COMPILER:").first ?? (file.hasSuffix(".cpp") ? "clang++" : "clang")
        let path = folder.file("\(name).so")
        let isProgram = flags.contains { ["-pie", "-no-pie"].contains($0) }
        let command = try Command.run(
            [compiler, "-O1", "-fPIC", "-fvisibility=hidden", "-I\(Fixture.includeFolder)"]
                + (isProgram ? [] : ["-shared"]) + ["\(Fixture.sourceFolder)/\(file)", "-o", path]
                + ["-L\(swiftLibraries)"] + flags)
        guard command.exitCode == 0 else { throw TestSupportError("\(file): \(command.stderr)") }
        return path
    }

    /// The toolchain's folder of shared libraries.
    private static let swiftLibraries: String = {
        let command = try? Command.run(["sh", "-c", "readlink -f \"$(command -v swiftc)\""])
        let bin = command?.stdout.split(separator: "/").dropLast() ?? []  // without it the fixtures say what is missing
        return "/" + bin.dropLast().joined(separator: "/") + "/lib/swift/linux"
    }()

    private static func folderEntries(_ path: String) throws -> [String] {
        let command = try Command.run(["ls", path])
        return command.stdout.split(separator: "\n").map(String.init)
    }
}
