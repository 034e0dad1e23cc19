import Compatibility
import Contract
import LinuxSystem

/// What abidiff (libabigail) says of two shared objects, from their debug information.
struct AbidiffVerdict: Encodable, Equatable {
    let state: State
    /// A clause.
    let sentence: String

    enum State: String, Encodable {
        /// It did not run, or could not tell: never to be taken for consent.
        case unknown
        case same
        /// It saw a change and cannot tell whether somebody breaks: a struct that grew is one.
        case changed
        case incompatible
    }
}

extension AbidiffVerdict {
    /// Asks it, and waits for its answer.
    init(old: PluginRelease, new: PluginRelease, environment: [String: String]) {
        // Without debug information it compares names alone, and says that all is well.
        for release in [old, new] where !release.hasDebugInformation {
            self.init(state: .unknown, sentence: "\(release.release.path) has no debug information: compile with -g")
            return
        }
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        guard let program = folders.map({ "\($0)/abidiff" }).first(where: fileExists) else {
            self.init(state: .unknown, sentence: "there is no abidiff on PATH: apt-get install abigail-tools")
            return
        }
        do throws(CapturedProgram.Failure) {
            let run = try CapturedProgram(
                running: program, [program, old.release.path, new.release.path],
                environment: environment.map { "\($0)=\($1)" }.sorted(), within: .seconds(Self.timeLimit),
                outputLimit: Self.outputLimit)
            self.init(of: run.end, errors: String(decoding: run.errors, as: UTF8.self))
        } catch {
            switch error {
            case .system(let error): self.init(state: .unknown, sentence: "it failed: \(error)")
            case .timedOut: self.init(state: .unknown, sentence: "it had no answer in \(Self.timeLimit) s")
            case .tooMuchOutput: self.init(state: .unknown, sentence: "it wrote more than \(Self.outputLimit) bytes")
            }
        }
    }

    /// Reads its exit bits (abidiff(1), "RETURN VALUES"): 1 an error, 2 usage, 4 a change, 8 an incompatible one.
    init(of end: ChildProcess.End, errors: String) {
        guard case .exited(let code) = end, code & 3 == 0, code & ~15 == 0 else {
            let words = errors.split(separator: "\n").first.map { ": \($0)" } ?? ""
            self.init(state: .unknown, sentence: "it failed, \(Self.words(end))\(words)")
            return
        }
        if code & 8 != 0 {
            self.init(state: .incompatible, sentence: "incompatible (exit code \(code))")
        } else if code & 4 != 0 {
            self.init(
                state: .changed, sentence: "changed, and it cannot tell whether somebody breaks (exit code \(code))")
        } else {
            self.init(state: .same, sentence: "no change")
        }
    }

    private static func words(_ end: ChildProcess.End) -> String {
        switch end {
        case .exited(let code): "exit code \(code)"
        case .signalled(let signal): "signal \(signal)"
        case .unknown: "and nobody knows how"
        }
    }

    /// In seconds.
    private static let timeLimit = 120
    /// In bytes.
    private static let outputLimit = 64 << 20

    /// What it adds to the findings where its consent was asked for; none where it sees no change.
    ///
    /// A change that it cannot judge is one that breaks where nothing else judges it either.
    ///
    /// - Parameter others: the findings so far.
    /// - Throws: where it could not tell.
    func findings(beside others: [ReleaseFinding]) throws(CommandFailure) -> [ReleaseFinding] {
        switch state {
        case .unknown: throw CommandFailure(code: "abidiff", message: "abidiff cannot tell: \(sentence)", exit: 1)
        case .same: return []
        case .changed where others.contains { $0.code == "export.unproven" }:
            return [
                ReleaseFinding(
                    "abidiff", .breaking, needs: .major, "abidiff sees a change, and no digest tells whether it breaks",
                    remedy: "declare the types of the exports, or read its report")
            ]
        case .changed where !others.contains(where: { $0.severity == .breaking }):
            return [
                ReleaseFinding(
                    "abidiff", .noted, needs: .patch,
                    "abidiff sees a change where the digests see none: were they made from the headers that were compiled?",
                    remedy: "ask contract snapshot --verify, and read abidiff's report")
            ]
        case .changed:
            return [ReleaseFinding("abidiff", .noted, needs: .patch, sentence, remedy: "read its report")]
        case .incompatible:
            return [
                ReleaseFinding(
                    "abidiff", .breaking, needs: .major, "abidiff finds the new file incompatible with the old one",
                    remedy: "read its report; release a new major version")
            ]
        }
    }
}
