import Compatibility
import PluginHost
import TestSupport

/// One plugin in every form in which toolchains make it: language and runtime, stripped or not, what it says about its
/// compiler, and for which machine; real files of real compilers, each built once.
enum Matrix {
    /// Language, compiler and runtime.
    enum Kind: String, CaseIterable {
        case clangC = "C, clang"
        case gccC = "C, gcc"
        case clangCpp = "C++, clang"
        case gccCpp = "C++, gcc"
        case swift = "Swift, shared runtime"
        case staticSwift = "Swift, runtime linked in"
        case embeddedSwift = "Embedded Swift"
    }

    /// What was done to the file after linking.
    enum Stripped: String, CaseIterable {
        case no = "as linked"
        case symbols = "strip -s"
        case llvm = "llvm-objcopy --strip-all"
        case sections = "llvm-objcopy --strip-sections"
    }

    /// What file and manifest say about the compiler.
    enum Toolchain: String, CaseIterable {
        case this = "this"
        case otherManifest = "another, says the manifest"
        case otherComment = "another, says .comment"
    }

    /// For which processor; another is a patched header but where a compiler made it.
    enum Machine: String, CaseIterable {
        case x86 = "x86-64"
        case arm = "AArch64 (header)"
    }

    /// One cell.
    struct Cell {
        var form: String
        var verdict: String
        var unloading: String
        var line: String { [form, verdict, unloading].joined(separator: " | ") }
    }

    /// All cells, judged by this host.
    static func cells() throws -> [Cell] {
        let folder = try TemporaryFolder()
        let facts = try HostFacts.current()
        var cells: [Cell] = []
        for kind in Kind.allCases {
            let linked = try build(kind, facts, into: folder)
            for stripped in Stripped.allCases {
                let bytes = try readFile(strip(linked, stripped, into: folder))
                for toolchain in Toolchain.allCases {
                    for machine in Machine.allCases {
                        let form = [kind.rawValue, stripped.rawValue, toolchain.rawValue, machine.rawValue]
                        cells.append(
                            cell(form, patched(bytes, toolchain, machine), at: linked, facts))
                    }
                }
            }
        }
        let vouching = try buildSwift(.staticSwift, facts, vouches: true, into: folder)
        for stripped in Stripped.allCases {
            let form = [Kind.staticSwift.rawValue, stripped.rawValue, "this, and unload = clean", "x86-64"]
            cells.append(cell(form, try readFile(strip(vouching, stripped, into: folder)), at: vouching, facts))
        }
        for target in ["aarch64", "i386"] {
            let path = try cross(target, into: folder)
            // GNU strip knows its own machine only.
            for stripped in Stripped.allCases where stripped != .symbols {
                let bytes = try readFile(strip(path, stripped, into: folder))
                let form = [Kind.clangC.rawValue, stripped.rawValue, "this", "\(target) (clang --target)"]
                cells.append(cell(form, bytes, at: path, facts))
            }
        }
        return cells
    }

    private static func cell(_ form: [String], _ bytes: [UInt8], at path: String, _ facts: HostFacts) -> Cell {
        let file = FileFacts(path: path, permissions: 0o755, owner: 0, resolvedPath: nil, folders: [])
        let candidate = Candidate(
            reading: bytes.span.bytes, of: file, sidecar: .absent,
            identity: FileIdentity(device: 1, inode: 2, size: Int64(bytes.count)), for: .check)
        let report = GateReport.judge(candidate, host: facts)
        func codes(_ verdict: Finding.Verdict, _ label: String) -> String? {
            var codes: [String] = []
            for finding in report.findings where finding.verdict == verdict && !codes.contains(finding.code) {
                codes.append(finding.code)
            }
            return codes.isEmpty ? nil : "\(label) \(codes.joined(separator: " "))"
        }
        let parts = [
            codes(.refused, "refused") ?? "admissible", codes(.warning, "warned of"), codes(.noted, "noted"),
        ].compactMap(\.self)
        return Cell(
            form: form.joined(separator: " | "), verdict: parts.joined(separator: ", "),
            unloading: report.unloadClass.rawValue)
    }
}

// MARK: - Building

extension Matrix {
    private static func build(_ kind: Kind, _ facts: HostFacts, into folder: TemporaryFolder) throws -> String {
        let name = "\(kind)"
        switch kind {
        case .clangC: return try Fixture.build(.file("matrix_plugin.c"), named: name, into: folder)
        case .gccC: return try Fixture.build(.file("matrix_plugin.c"), named: name, compiler: .gcc, into: folder)
        case .clangCpp:
            return try Fixture.build(
                .file("matrix_plugin.cpp"), named: name, compiler: .clangPlusPlus, into: folder)
        case .gccCpp:
            return try Fixture.build(
                .file("matrix_plugin.cpp"), named: name, compiler: .gPlusPlus, flags: ["-fno-gnu-unique"], into: folder)
        case .swift, .staticSwift, .embeddedSwift: return try buildSwift(kind, facts, into: folder)
        }
    }

    private static func buildSwift(
        _ kind: Kind, _ facts: HostFacts, vouches: Bool = false, into folder: TemporaryFolder
    ) throws -> String {
        let (manifest, path) = (folder.file("\(kind)-manifest.o"), folder.file("\(kind).so"))
        try run([
            "clang", "-c", "-fPIC", "-I\(Fixture.includeFolder)", "-DABI=\"\(facts.abi)\"",
            "-DTOOLCHAIN=\"swift \(facts.swiftVersion)\"", "-DUNLOAD=\"\(vouches ? "unload = clean\\n" : "")\"",
            "\(Fixture.sourceFolder)/matrix_manifest.c", "-o", manifest,
        ])
        let compile = [
            "swiftc", "-O", "-parse-as-library", "-module-name", "Matrix_\(kind)",
            "\(Fixture.sourceFolder)/matrix_plugin.swift",
        ]
        switch kind {
        case .embeddedSwift:
            let object = folder.file("\(kind).o")
            try run(compile + ["-enable-experimental-feature", "Embedded", "-wmo", "-emit-object", "-o", object])
            try run(["clang", "-shared", object, manifest, "-o", path])
        case .staticSwift: try run(compile + [manifest, "-emit-library", "-static-stdlib", "-o", path])
        default: try run(compile + [manifest, "-emit-library", "-o", path])
        }
        return path
    }

    /// Another machine's C library is not there, so a C file without it: for AArch64 with the manifest, whose header wants
    /// 64 bits, and glibc's headers told that they are at home; for i386 without.
    private static func cross(_ target: String, into folder: TemporaryFolder) throws -> String {
        let path = folder.file("\(target).so")
        let source =
            target == "i386"
            ? try folder.write(
                "__attribute__((visibility(\"default\"))) int answer(void) { return 5; }\n", to: "i386.c")
            : "\(Fixture.sourceFolder)/matrix_plugin.c"
        try run([
            "clang", "--target=\(target)-linux-gnu", "-O1", "-shared", "-fPIC", "-fvisibility=hidden", "-nostdlib",
            "-ffreestanding", "-fuse-ld=lld", "-isystem", "/usr/include/x86_64-linux-gnu", "-D__x86_64__",
            "-I\(Fixture.includeFolder)", source, "-o", path,
        ])
        return path
    }

    private static func strip(_ path: String, _ stripped: Stripped, into folder: TemporaryFolder) throws -> String {
        let result = folder.file("stripped.so")
        switch stripped {
        case .no: return path
        case .symbols: try run(["strip", "-s", "-o", result, path])
        case .llvm: try run(["llvm-objcopy", "--strip-all", path, result])
        case .sections: try run(["llvm-objcopy", "--strip-sections", path, result])
        }
        return result
    }

    private static func run(_ arguments: [String]) throws {
        let command = try Command.run(arguments)
        guard command.exitCode == 0 else { throw TestSupportError("\(arguments): \(command.stderr)") }
    }
}

// MARK: - Patching

extension Matrix {
    private static func patched(_ bytes: [UInt8], _ toolchain: Toolchain, _ machine: Machine) -> [UInt8] {
        var bytes = bytes
        switch toolchain {
        case .this: break
        case .otherManifest: raiseNumber(after: "toolchain = ", in: &bytes)
        case .otherComment:
            raiseNumber(after: "clang version ", in: &bytes)
            raiseNumber(after: "GCC: (", in: &bytes)
        }
        if machine == .arm { bytes.store(183, size: 2, at: 18) }
        return bytes
    }

    /// Changes the first digit of the number that follows each place where `text` stands.
    private static func raiseNumber(after text: String, in bytes: inout [UInt8]) {
        let wanted = Array(text.utf8)
        var start = 0
        while let first = bytes[start...].firstIndex(of: wanted[0]) {
            start = first + 1
            guard bytes[first...].starts(with: wanted) else { continue }
            guard let digit = bytes[(first + wanted.count)...].firstIndex(where: { (0x31...0x39).contains($0) }) else {
                return
            }
            bytes[digit] = bytes[digit] == 0x39 ? 0x38 : bytes[digit] + 1
        }
    }
}
