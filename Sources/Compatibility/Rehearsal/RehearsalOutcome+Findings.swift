// What a rehearsal means for the loading of its candidate, in words.

extension RehearsalOutcome {
    /// Every code that a finding of a rehearsal can bear.
    package static let codes = [
        "rehearsal.passed", "rehearsal.state", "rehearsal.crashed", "rehearsal.hung", "rehearsal.no-report",
        "rehearsal.failed", "rehearsal.leftovers",
    ]

    /// So many of the last bytes that it wrote are shown.
    private static let shownBytes = 400

    /// In the place of what a rehearsal would have found.
    package static let refusedBefore = [
        Finding.skipped("rehearsal.passed", because: "nothing is rehearsed that the gates refuse")
    ]

    /// What it found, for the report of the candidate: at least one finding.
    package var findings: [Finding] {
        var findings = [verdict]
        if case .finished = end {
            if let withoutState {
                findings.append(.skipped("rehearsal.state", because: "no state was restored, for \(withoutState)"))
            }
            if leftovers > 0 { findings.append(leftoversFinding) }
        }
        return findings
    }

    private var verdict: Finding {
        switch end {
        case .finished:
            return .passed(
                "rehearsal.passed",
                plugin: "\(done.map(\.rawValue).joined(separator: ", ")) in \(milliseconds) ms",
                host: "limit \(limit)")
        case .failed(let step, let code, let words):
            return failure(in: step, code, words)
        case .signalled(let signal):
            let name = Self.name(of: signal)
            return .refused(
                "rehearsal.crashed", plugin: "\(name) in \(here)", host: "lives on",
                "plugin's rehearsal was killed by \(name) in \(here), and this host would have been" + lastWords,
                remedy: "mend the plugin, and see it pass plugctl check --rehearse")
        case .exited(let code):
            return .refused(
                "rehearsal.no-report", plugin: "exit code \(code) in \(here)", host: "counts on a report",
                "plugin's rehearsal ended in \(here) with exit code \(code) and without a report, and this host counts on "
                    + "nothing else" + lastWords,
                remedy: "let it answer with an error in place of ending the process, and close no descriptor of others")
        case .timedOut:
            return .refused(
                "rehearsal.hung", plugin: "in \(here)", host: "limit \(limit)",
                "plugin's rehearsal did not come back from \(here), and this host waits for no longer than \(limit)"
                    + lastWords,
                remedy: "let it come back sooner, or rehearse with a longer limit")
        case .lost:
            return .refused(
                "rehearsal.no-report", plugin: "killed its watcher in \(here)", host: "counts on a report",
                "plugin's rehearsal was lost in \(here)\(inside == nil ? "," : "") with the process that watched over it, "
                    + "and this host would have been" + lastWords,
                remedy: "let it send signals to processes of its own only")
        }
    }

    private func failure(in step: Step, _ code: Int32?, _ words: String) -> Finding {
        let said = words.isEmpty ? "" : ": \(words)"
        let answer = code.map { "\(step.place) answered \($0)\(said)" } ?? "rehearsal failed in \(step.place)\(said)"
        if wantedImports, code != nil {
            return .warning(
                "rehearsal.failed", plugin: code.map { "\($0) in \(step.place)" } ?? "", host: "rehearses alone",
                "plugin's \(answer), but it had asked for an import there, and a rehearsal has none: what comes after was "
                    + "not rehearsed",
                remedy: "let it start without its imports if all of it is to be rehearsed")
        }
        return .refused(
            "rehearsal.failed", plugin: code.map { "\($0) in \(step.place)" } ?? "in \(step.place)",
            host: "wants 0",
            "plugin's \(answer), and this host would not have published it" + (output.count > 0 ? lastWords : ""),
            remedy: code == nil ? "mend the plugin, and see it pass plugctl check --rehearse" : "see to what it says")
    }

    private var leftoversFinding: Finding {
        let these = leftovers == 1 ? "1 process" : "\(leftovers) processes"
        let fate =
            survivors == 0
            ? "this host kills nothing of a plugin's" : "\(survivors) of them could not even be killed"
        return .warning(
            "rehearsal.leftovers", plugin: these, host: "none",
            "plugin leaves \(these) behind when it has stopped, and \(fate)",
            remedy: "end and reap in swb_stop what it started")
    }

    /// Where it was.
    private var here: String {
        if let inside { return inside.place }
        return done.last.map { "its process, after \($0.place)" } ?? "its process, before its constructors"
    }

    private var milliseconds: Int { (nanoseconds + 500_000) / 1_000_000 }

    /// The end of its output, as a clause; of more than is shown, how much there was.
    private var lastWords: String {
        let shown = output.tail.suffix(Self.shownBytes)
        let text = String(decoding: shown, as: UTF8.self).onOneLine
        guard !text.isEmpty else { return "; it said nothing" }
        return output.count > shown.count
            ? "; the last of the \(output.count) bytes that it wrote: \(text)" : "; its last words: \(text)"
    }

    /// "SIGSEGV (signal 11)"; Linux numbers them alike on every machine that we run on (signal(7)).
    static func name(of signal: Int32) -> String {
        let names: [Int32: String] = [
            1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
            9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
            24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
        ]
        return names[signal].map { "\($0) (signal \(signal))" } ?? "signal \(signal)"
    }
}

extension String {
    /// Its lines behind one another, " | " between them, without blanks around each and without empty ones.
    fileprivate var onOneLine: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return split(whereSeparator: \.isNewline)
            .map { String($0.drop(while: isBlank).reversed().drop(while: isBlank).reversed()) }
            .filter { !$0.isEmpty }.joined(separator: " | ")
    }
}
