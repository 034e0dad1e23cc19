internal import Compatibility
internal import LinuxSystem
internal import PluginHost
internal import PluginLoading

/// Reading and judging one staged image of 100 exports and 100 imports, of a usual size and of an enormous one, against reading the
/// smaller file's bytes (pread(2)).
///
/// The bound is on what the image's own bytes cost. Its closure (DT_NEEDED, and looking all symbols up in the process) has
/// rows of its own, with a linker that knows the libraries' files and one that knows none; one more row has both.
/// The rows of many symbols tell the time for each of them, which must not grow with their number.
///
/// Mapping the copy is in it, making the copy is not. An image without a build-id is named by the digest of all its bytes;
/// that is the one thing which takes time with the size.
struct JudgeScenario {
    private let arguments: Arguments
    private let facts: HostFacts

    init(_ arguments: Arguments) throws {
        self.arguments = arguments
        facts = try HostFacts.current()
    }

    func rows() throws -> [Row] {
        let folder = try benchFolder()
        let staging = try StagingFolder(under: nil)
        func image(_ label: String, _ source: SampleSource) throws -> StagedImage {
            let sample = try SampleImage(source, as: label, in: folder, include: arguments.include)
            return try StagedImage(copying: sample.path, into: staging)
        }
        // The code and tables of the exports take up the rest of 50 KB.
        let usual = SampleSource(exports: 100, imports: 100, padding: 21_000)
        var (enormous, nameless) = (usual, usual)
        enormous.padding = 22_000_000
        nameless.hasBuildID = false
        let small = try image("small", usual)
        let large = try image("large", enormous)
        let unnamed = try image("unnamed", nameless)
        // As many relocations as symbols: each function is in a table of pointers, too.
        let many = try [1_500, 15_000].map { count in
            (count: count, image: try image("many\(count)", SampleSource(undeclared: count)))
        }

        let base = "pread of the small file"
        func row(_ way: String, per count: Int = 1, bound: Double? = nil, _ body: () throws -> Void) throws -> Row {
            let events = try measure(body, beside: small, per: count)
            return Row("judge", way, to: base, events, boundNanoseconds: bound)
        }
        var rows = [
            try row(base) { try read(small) },
            try row(size(small), bound: 150_000) { try judge(small) },
            try row(size(large), bound: 150_000) { try judge(large) },
            try row(size(unnamed) + ", no build-id") { try judge(unnamed) },
        ]
        for (count, image) in many {
            rows.append(try row("\(count) symbols and relocations, each", per: count) { try judge(image) })
        }
        let first = try candidate(small)
        rows += [
            try row("closure of the first, warm") { try follow(first, of: small, .shared) },
            try row("closure of the first, cold") { try follow(first, of: small, ProcessLinker()) },
            try row("the first with its closure, warm") {
                try admit(try Candidate(reading: small, for: .load), facts)
            },
        ]
        for (count, image) in many {
            let candidate = try candidate(image)
            rows.append(
                try row("closure of \(count) symbols, each", per: count) {
                    try follow(candidate, of: image, .shared)
                })
        }
        return rows
    }

    private func measure(_ body: () throws -> Void, beside small: StagedImage, per count: Int) throws -> Events {
        var events = Events()
        for _ in 0..<300 {
            let base = try Clock.time { try read(small) }
            events.add(try Clock.time(body), beside: base, per: count)
        }
        return events
    }

    private func read(_ image: StagedImage) throws {
        let file = try FileDescriptor(opening: image.path, 0)
        _ = try file.read(Int(image.identity.size), at: 0, from: image.path)
    }

    /// The image alone: what depends on its closure is skipped.
    private func judge(_ image: StagedImage) throws { try admit(try candidate(image), facts) }

    private func candidate(_ image: StagedImage) throws -> Candidate {
        try image.map().withBytes { bytes in
            Candidate(
                reading: bytes, of: image.sourceFacts, sidecar: image.sidecar, identity: image.identity, for: .load,
                following: { _ in nil })
        }
    }

    /// Follows DT_NEEDED and looks all symbols up.
    private func follow(_ candidate: Candidate, of image: StagedImage, _ linker: ProcessLinker) throws {
        let closure = image.closure(of: try candidate.image.get(), linker)
        guard closure.symbols?.unresolved.isEmpty == true else { throw BenchError.wrong("closure: unresolved") }
    }

    private func size(_ image: StagedImage) -> String {
        let kilobytes = Int(image.identity.size) / 1000
        let size = kilobytes < 1000 ? "\(kilobytes) KB" : "\(kilobytes / 1000) MB"
        return "\(size), 100 exports, 100 imports"
    }
}
