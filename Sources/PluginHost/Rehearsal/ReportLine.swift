import Compatibility

/// One line of a rehearsal's report: "NONCE event numbers… words", the words in hexadecimal.
///
/// A plugin can write to any descriptor, so a line without the nonce is none of ours. Not JSON: the vocabulary is closed and
/// both ends are one build, and an application need not carry a parser for it.
enum ReportLine: Equatable {
    /// The warden's first: the program knows what a rehearsal is.
    case hello
    case begin(RehearsalOutcome.Step)
    case done(RehearsalOutcome.Step)
    case failed(RehearsalOutcome.Step, code: Int32?, words: String)
    /// The candidate asked for an import.
    case wantsImport
    /// The candidate came through.
    case finished
    /// The candidate's process has ended; `timedOut`: because the warden killed it.
    case exited(Int32, timedOut: Bool)
    case signalled(Int32, timedOut: Bool)
    /// So many processes of the candidate's were alive, and so many could not be killed.
    case swept(leftovers: Int, survivors: Int)
    /// The warden could not start the candidate's process: words.
    case trouble(String)

    /// The line with its end.
    func text(_ nonce: String) -> String {
        let rest =
            switch self {
            case .hello: "hello"
            case .begin(let step): "begin \(step.rawValue)"
            case .done(let step): "done \(step.rawValue)"
            case .failed(let step, let code, let words):
                "failed \(step.rawValue) \(code.map(String.init) ?? "-") \(Self.hexadecimal(words))"
            case .wantsImport: "wants-import"
            case .finished: "finished"
            case .exited(let code, let timedOut): "exited \(code) \(timedOut)"
            case .signalled(let signal, let timedOut): "signalled \(signal) \(timedOut)"
            case .swept(let leftovers, let survivors): "swept \(leftovers) \(survivors)"
            case .trouble(let words): "trouble \(Self.hexadecimal(words))"
            }
        return "\(nonce) \(rest)\n"
    }

    /// Reads a line without its end; `nil` for what is none of ours.
    init?(_ line: some Collection<UInt8>, nonce: String) {
        let words = String(decoding: line, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
        guard words.count >= 2, words[0] == nonce else { return nil }
        let arguments = words.dropFirst(2).map(String.init)
        func step(_ index: Int) -> RehearsalOutcome.Step? {
            arguments.count > index ? RehearsalOutcome.Step(rawValue: arguments[index]) : nil
        }
        func number(_ index: Int) -> Int32? { arguments.count > index ? Int32(arguments[index]) : nil }
        switch (words[1], arguments.count) {
        case ("hello", 0): self = .hello
        case ("begin", 1):
            guard let step = step(0) else { return nil }
            self = .begin(step)
        case ("done", 1):
            guard let step = step(0) else { return nil }
            self = .done(step)
        case ("failed", 3):
            guard let step = step(0), let words = Self.text(arguments[2]) else { return nil }
            self = .failed(step, code: number(1), words: words)
        case ("wants-import", 0): self = .wantsImport
        case ("finished", 0): self = .finished
        case ("exited", 2):
            guard let code = number(0) else { return nil }
            self = .exited(code, timedOut: arguments[1] == "true")
        case ("signalled", 2):
            guard let signal = number(0) else { return nil }
            self = .signalled(signal, timedOut: arguments[1] == "true")
        case ("swept", 2):
            guard let leftovers = number(0), let survivors = number(1) else { return nil }
            self = .swept(leftovers: Int(leftovers), survivors: Int(survivors))
        case ("trouble", 1):
            guard let words = Self.text(arguments[0]) else { return nil }
            self = .trouble(words)
        default: return nil
        }
    }

    private static func hexadecimal(_ text: String) -> String {
        text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func text(_ hexadecimal: String) -> String? {
        let digits = Array(hexadecimal.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
