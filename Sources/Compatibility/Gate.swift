import ELFReader

/// One pure check with a stable code: candidate and host facts in, findings out.
///
/// Every gate runs on every candidate and has at least one finding. What a gate needs and cannot have (a readable
/// 64-bit image, one manifest) makes it say `skipped`, never `passed`: the gate that judges the lack itself refuses.
struct Gate: Sendable {
    /// The codes of its findings.
    let codes: [String]
    /// Looks at a candidate, for a host under a policy.
    let judge: @Sendable (Candidate, HostFacts, GatePolicy) -> [Finding]

    /// A gate that no policy tells what to allow.
    init(codes: [String], judge: @escaping @Sendable (Candidate, HostFacts) -> [Finding]) {
        self.init(codes: codes, underPolicy: { candidate, host, _ in judge(candidate, host) })
    }

    /// A gate that compares with what the policy allows.
    init(codes: [String], underPolicy judge: @escaping @Sendable (Candidate, HostFacts, GatePolicy) -> [Finding]) {
        self.codes = codes
        self.judge = judge
    }
}

extension Gate {
    /// All gates, in the order of the report.
    static let all: [Gate] = [
        .structure, .fileClass, .machine, .instructionSet, .executableStack, .writableCode, .textRelocations,
        .sanitizer, .indirectFunctions, .constructors, .uniqueSymbols, .noDelete, .threadImports, .signalImports,
        .keyImports, .glibcVersion, .cxxVersion, .neededMissing, .neededShadowed, .unresolvedSymbols,
        .interposedSymbols, .staticThreadLocals, .secondSwiftRuntime, .staticSwiftRuntime,
        .swiftStructSize, .swiftModule,
        .swiftToolchain, .staticSwiftHost, .manifest, .abiMajor, .abiMinor, .version,
        .missingExports, .undeclaredExports, .contractSnapshot, .contractType, .requirements, .duplicate,
        .fileSize, .writableFile, .fileOwner, .fileFolder, .signature, .neededUnverified,
    ]

    /// A gate that judges the file's facts: needs an image whose parts could be read.
    ///
    /// In a file with structural problems a fact may be missing because it could not be read, so nothing passes there.
    static func ofImage(
        _ code: String, _ judge: @escaping @Sendable (ELFImage, Candidate, HostFacts) -> [Finding]
    ) -> Gate {
        Gate(codes: [code]) { candidate, host in
            let image: ELFImage
            switch candidate.image {
            case .success(let read): image = read
            case .failure(let none): return [.skipped(code, because: none.reason)]
            }
            guard image.header.isELF64LittleEndian else {
                return [.skipped(code, because: "the file is not 64-bit little-endian")]
            }
            guard image.kind.hasTablesToLoad else { return [.skipped(code, because: "the file is \(image.kind)")] }
            let findings = judge(image, candidate, host)
            guard !image.problems.isEmpty else { return findings }
            return findings.map { finding in
                finding.verdict == .passed ? .skipped(code, because: "the file is broken") : finding
            }
        }
    }

    /// A gate that judges what the image brings with it and finds in the process: needs a look at the host's machine.
    static func ofClosure(
        _ code: String, _ judge: @escaping @Sendable (ClosureFacts, ELFImage, Candidate, HostFacts) -> [Finding]
    ) -> Gate {
        ofImage(code) { image, candidate, host in
            guard let closure = candidate.closure else {
                return [.skipped(code, because: "what is installed and loaded on the host is not known here")]
            }
            return judge(closure, image, candidate, host)
        }
    }

    /// A gate that judges the plugin's words: needs a manifest.
    static func ofManifest(
        _ code: String, _ judge: @escaping @Sendable (PluginManifest, Candidate, HostFacts) -> [Finding]
    ) -> Gate {
        Gate(codes: [code]) { candidate, host in
            guard let manifest = candidate.foundManifest else {
                return [.skipped(code, because: "no manifest could be read")]
            }
            return judge(manifest, candidate, host)
        }
    }
}

extension Finding {
    static func passed(_ code: String, plugin: String, host: String = "") -> Finding {
        Finding(code, .passed, plugin: plugin, host: host)
    }

    static func skipped(_ code: String, because reason: String) -> Finding {
        Finding(code, .skipped, statement: "not judged: \(reason)")
    }

    static func refused(
        _ code: String, plugin: String, host: String = "", _ statement: String, remedy: String
    ) -> Finding {
        Finding(code, .refused, plugin: plugin, host: host, statement: statement, remedy: remedy)
    }

    static func noted(
        _ code: String, plugin: String, host: String = "", _ statement: String, remedy: String = ""
    ) -> Finding {
        Finding(code, .noted, plugin: plugin, host: host, statement: statement, remedy: remedy)
    }

    static func warning(
        _ code: String, plugin: String, host: String = "", _ statement: String, remedy: String
    ) -> Finding {
        Finding(code, .warning, plugin: plugin, host: host, statement: statement, remedy: remedy)
    }
}
