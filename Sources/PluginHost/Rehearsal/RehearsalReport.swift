import Compatibility

/// What the lines of a rehearsal's report add up to; pure.
///
/// Bounded, whatever is written: a line over the limit is dropped, and so is every line that is none of ours.
struct RehearsalReport {
    private let nonce: String
    private var line: [UInt8] = []
    private var done: [RehearsalOutcome.Step] = []
    private var inside: RehearsalOutcome.Step?
    private var failure: RehearsalOutcome.End?
    private var end: RehearsalOutcome.End?
    private var isFinished = false
    private var leftovers = 0
    private var survivors = 0
    private var wantsImports = false
    /// The program knows what a rehearsal is.
    private(set) var hasBegun = false
    /// The warden has killed and reaped whatever there was.
    private(set) var isSwept = false
    /// Why there was no candidate's process.
    private(set) var trouble: String?

    private static let lineLimit = 16_384

    init(nonce: String) { self.nonce = nonce }

    /// Takes in what was read.
    mutating func take(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            extend(rest[..<end])
            if let line = ReportLine(line, nonce: nonce) { take(line) }
            line = []
            rest = rest[(end + 1)...]
        }
        extend(rest)
    }

    private mutating func extend(_ part: ArraySlice<UInt8>) {
        line += part.prefix(Self.lineLimit + 1 - line.count)
    }

    private mutating func take(_ line: ReportLine) {
        switch line {
        case .hello: hasBegun = true
        case .begin(let step):
            inside = step
            wantsImports = false
        case .done(let step):
            done.append(step)
            inside = nil
        case .failed(let step, let code, let words): failure = .failed(step, code: code, words: words)
        case .wantsImport: wantsImports = true
        case .finished: isFinished = true
        case .exited(let code, let timedOut): end = timedOut ? .timedOut : .exited(code)
        case .signalled(let signal, let timedOut): end = timedOut ? .timedOut : .signalled(signal)
        case .swept(let leftovers, let survivors):
            isSwept = true
            (self.leftovers, self.survivors) = (leftovers, survivors)
        case .trouble(let words): trouble = words
        }
    }

    /// What came of the rehearsal: only what was said counts, whatever the exit code, and only under a warden that lived to
    /// the end.
    ///
    /// Where the warden was killed, the candidate did it or something that it started: nobody else knows of it.
    func outcome(nanoseconds: Int, limit: Duration, output: RehearsalOutcome.Output) -> RehearsalOutcome {
        let end: RehearsalOutcome.End =
            switch self.end {
            case .exited(0) where !isSwept: .lost
            case .exited(0) where isFinished: .finished
            case .exited(0) where failure != nil: failure ?? .lost
            case .some(let end): end
            case nil: .lost
            }
        return RehearsalOutcome(
            done: done, inside: inside, end: end, nanoseconds: nanoseconds, limit: limit, output: output,
            leftovers: leftovers, survivors: survivors, wantedImports: wantsImports)
    }
}
