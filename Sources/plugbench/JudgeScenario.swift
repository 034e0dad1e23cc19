internal import Compatibility
internal import LinuxSystem
internal import PluginHost
internal import PluginLoading

/// Reading and judging one staged image of 100 exports and 100 imports, of a usual size and of an enormous one, against reading the
/// smaller file's bytes (pread(2)).
///
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
        func image(_ label: String, bytes: Int, hasBuildID: Bool = true) throws -> StagedImage {
            let source = SampleSource(exports: 100, imports: 100, padding: bytes, hasBuildID: hasBuildID)
            let sample = try SampleImage(source, as: label, in: folder, include: arguments.include)
            return try StagedImage(copying: sample.path, into: staging)
        }
        // The code and tables of the exports take up the rest of 50 KB.
        let small = try image("small", bytes: 21_000)
        let large = try image("large", bytes: 22_000_000)
        let unnamed = try image("unnamed", bytes: 21_000, hasBuildID: false)
        // As many relocations as symbols: each function is in a table of pointers, too.
        let many = try [1_500, 15_000].map { count in
            let source = SampleSource(undeclared: count)
            let sample = try SampleImage(source, as: "many\(count)", in: folder, include: arguments.include)
            return (count: count, image: try StagedImage(copying: sample.path, into: staging))
        }
        let base = "pread of the small file"
        let events = try [small, large, unnamed].map { try measure($0, beside: small) }
        return [
            Row("judge", base, to: base, events[0].baseline),
            Row("judge", size(small), to: base, events[0], boundNanoseconds: 150_000),
            Row("judge", size(large), to: base, events[1], boundNanoseconds: 150_000),
            Row("judge", size(unnamed) + ", no build-id", to: base, events[2]),
            Row("judge", "its closure alone, warm", to: base, try measureClosure(small) { .shared }),
            Row("judge", "its closure alone, cold", to: base, try measureClosure(small) { ProcessLinker() }),
        ]
            + (try many.map { count, image in
                let events = try measure(image, beside: small, per: count)
                return Row("judge", "\(count) symbols and relocations, each", to: base, events)
            })
    }

    private func measure(_ image: StagedImage, beside small: StagedImage, per count: Int = 1) throws -> Events {
        var events = Events()
        for _ in 0..<300 {
            let read = try Clock.time {
                let file = try FileDescriptor(opening: small.path, 0)
                _ = try file.read(Int(small.identity.size), at: 0, from: small.path)
            }
            let judged = try Clock.time {
                let candidate = try Candidate(reading: image, for: .load)
                let report = GateReport.judge(candidate, host: facts)
                guard report.isAdmissible else { throw BenchError.wrong("judge: \(report.refusalCodes)") }
            }
            events.add(judged, beside: read, per: count)
        }
        return events
    }

    /// Following DT_NEEDED and looking all symbols up, with a linker that knows the files already or one that knows none.
    private func measureClosure(_ image: StagedImage, _ linker: () -> ProcessLinker) throws -> Events {
        let candidate = try Candidate(reading: image, for: .load)
        let parsed = try candidate.image.get()
        var events = Events()
        for _ in 0..<300 {
            let read = try Clock.time {
                let file = try FileDescriptor(opening: image.path, 0)
                _ = try file.read(Int(image.identity.size), at: 0, from: image.path)
            }
            let walked = try Clock.time {
                let facts = ClosureFacts.walk(from: parsed, at: .init(origin: nil), linker())
                guard facts.symbols?.unresolved.isEmpty == true else { throw BenchError.wrong("closure: unresolved") }
            }
            events.add(walked, beside: read)
        }
        return events
    }

    private func size(_ image: StagedImage) -> String {
        let kilobytes = Int(image.identity.size) / 1000
        let size = kilobytes < 1000 ? "\(kilobytes) KB" : "\(kilobytes / 1000) MB"
        return "\(size), 100 exports, 100 imports"
    }
}
