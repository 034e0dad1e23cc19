import Synchronization

/// Which answers were right when: the operator writes it, callers are judged by it.
///
/// An epoch lasts from one entry to the next. Before an operation begins, an epoch is entered whose answers are those of
/// before and after; when it has ended, one with those of after alone. So a call's answer must be among the answers of
/// some epoch between its begin and its end.
final class Timeline: Sendable {
    fileprivate struct Epoch {
        let answers: [Question: Set<Answer>]
        let event: String
    }

    fileprivate struct State {
        /// The number of `epochs[0]`.
        var first = 0
        var epochs: [Epoch] = []
        /// The last events, for whoever has to find out.
        var log: [String] = []
        /// When each caller's calls began that have not ended.
        var open: [Int: Int] = [:]
        var calls = 0
        var complaints: [String] = []
    }

    private let state = Mutex(State())

    /// Calls that were judged.
    var calls: Int { state.withLock(\.calls) }
    /// What was wrong, with the events before it.
    var complaints: [String] { state.withLock(\.complaints) }

    /// Enters an epoch.
    ///
    /// - Parameter models: any of which may be true during it.
    func enter(_ event: String, _ models: [Model], _ questions: Set<Question>) {
        var answers: [Question: Set<Answer>] = [:]
        for question in questions { answers[question] = Set(models.map { $0.answer(question) }) }
        state.withLock { state in
            state.epochs.append(Epoch(answers: answers, event: event))
            state.log.append(event)
            if state.log.count > 40 { state.log.removeFirst(20) }
            // What no call reaches back to is forgotten: a soak lasts for hours.
            let oldest = state.open.values.min() ?? state.first + state.epochs.count - 1
            state.epochs.removeFirst(oldest - state.first)
            state.first = oldest
        }
    }

    /// A caller begins some calls.
    func begin(caller: Int) { state.withLock { $0.open[caller] = $0.first + $0.epochs.count - 1 } }

    /// A caller's calls have ended: judges their answers.
    func end(caller: Int, _ answers: [(question: Question, answer: Answer)]) {
        state.withLock { state in
            guard let begin = state.open.removeValue(forKey: caller) else { return }
            let epochs = state.epochs[(begin - state.first)...]
            for (question, answer) in answers {
                state.calls += 1
                if epochs.contains(where: { $0.answers[question]?.contains(answer) == true }) { continue }
                let right = Set(epochs.flatMap { $0.answers[question] ?? [] })
                state.complain("\(question) was answered \(answer), right were \(right)")
            }
        }
    }

    /// Notes that something else was wrong.
    func complain(_ sentence: String) { state.withLock { $0.complain(sentence) } }
}

extension Timeline.State {
    /// The first few say enough.
    fileprivate mutating func complain(_ sentence: String) {
        guard complaints.count < 5 else { return }
        complaints.append((["wrong: " + sentence, "after:"] + log.suffix(16)).joined(separator: "\n    "))
    }
}
