/// Why a lifecycle function of a started generation did not do what it was called for.
enum LifecycleFailure: Error, Equatable {
    /// The plugin does not define it.
    case absent(String)
    /// It answered other than 0; with its words.
    case refused(String, code: Int32, words: String)
    /// The state has more bytes than the host takes.
    case tooLarge(String, limit: Int)
    /// It is still inside: the generation cannot be unmapped before it returns.
    case timedOut(String, limit: Duration)
    /// An earlier function is still inside, so it was not called.
    case busy(String, inside: String)
    /// The generation is stopped, or was never started.
    case notRunning(String)

    /// What happened, a clause.
    var clause: String {
        switch self {
        case .absent(let function): "the plugin has no \(function)"
        case .refused(let function, let code, let words):
            "\(function) answered \(code)" + (words.isEmpty ? "" : ": \(words)")
        case .tooLarge(let function, let limit): "\(function) wrote more than the \(limit) bytes that a state may have"
        case .timedOut(let function, let limit): "\(function) did not return within \(limit)"
        case .busy(let function, let inside): "\(function) was not called, because \(inside) has not returned yet"
        case .notRunning(let function): "\(function) was not called, because the plugin is not started"
        }
    }

    /// Whether the plugin is still inside a lifecycle function.
    var leavesCodeRunning: Bool {
        switch self {
        case .timedOut, .busy: true
        case .absent, .refused, .tooLarge, .notRunning: false
        }
    }
}
