/// Whether candidates are rehearsed before they are loaded, and how.
///
/// A rehearsal loads, starts and stops the candidate in a process of its own. What kills or hangs that process is refused,
/// and never runs here.
public struct RehearsalPolicy: Sendable, Equatable {
    /// Whether there is one.
    public enum Mode: String, Sendable, CaseIterable {
        /// None.
        case off
        /// Nothing is loaded that has not come through one.
        case require
    }

    /// None by default.
    public var mode: Mode
    /// How long all steps of one rehearsal may take together.
    public var limit: Duration
    /// How many of the last bytes that the candidate writes to its standard output and error are kept.
    public var outputLimit: Int
    /// The program in which it takes place; `nil` is the host's own, so that the candidate finds the symbols that it would
    /// find here.
    ///
    /// Either calls `Rehearsal.runIfRequested()` at the top of its main.
    public var program: String?

    /// Creates a policy; by default nothing is rehearsed.
    public init(mode: Mode = .off, limit: Duration = .seconds(10), outputLimit: Int = 4096, program: String? = nil) {
        self.mode = mode
        self.limit = limit
        self.outputLimit = outputLimit
        self.program = program
    }
}
