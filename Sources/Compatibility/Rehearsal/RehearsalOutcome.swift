/// What a disposable process saw of a candidate that it loaded, started and stopped.
package struct RehearsalOutcome: Sendable, Equatable {
    /// What the process does with a candidate, in its order; what the candidate does not define is left out.
    package enum Step: String, Sendable, CaseIterable {
        case constructors, start, health, restore, stop, destructors

        /// "its constructors", "swb_start".
        var place: String {
            switch self {
            case .constructors, .destructors: "its \(rawValue)"
            case .start, .health, .restore, .stop: "swb_\(rawValue)"
            }
        }
    }

    /// How it ended.
    package enum End: Sendable, Equatable {
        /// It said that it had come through all steps.
        case finished
        /// It said that a step did not succeed: the number that the function answered, if one did, and the words.
        case failed(Step, code: Int32?, words: String)
        /// A signal ended it.
        case signalled(Int32)
        /// It ended itself before it had come through.
        case exited(Int32)
        /// It was killed at the limit.
        case timedOut
        /// Nobody saw its end: what watched over it was killed too.
        case lost
    }

    /// What it wrote to its standard output and error, together.
    package struct Output: Sendable, Equatable {
        /// The last bytes.
        package var tail: [UInt8]
        /// How many there were.
        package var count: Int

        package init(tail: [UInt8] = [], count: Int = 0) {
            self.tail = tail
            self.count = count
        }
    }

    /// The steps that it came through.
    package var done: [Step]
    /// The step that it was in.
    package var inside: Step?
    package var end: End
    /// From its start to the end of its last descendant.
    package var nanoseconds: Int
    /// How long it was given.
    package var limit: Duration
    package var output: Output
    /// How many processes of its were alive after its end.
    package var leftovers: Int
    /// How many of them could not be killed.
    package var survivors: Int
    /// In the last step it asked for an export of a plugin that it requires, and a rehearsal has none.
    package var wantedImports: Bool
    /// Why no state was restored, a clause; `nil` where one was.
    package var withoutState: String?

    package init(
        done: [Step] = Step.allCases, inside: Step? = nil, end: End = .finished, nanoseconds: Int = 0,
        limit: Duration = .seconds(10), output: Output = .init(), leftovers: Int = 0, survivors: Int = 0,
        wantedImports: Bool = false, withoutState: String? = nil
    ) {
        self.done = done
        self.inside = inside
        self.end = end
        self.nanoseconds = nanoseconds
        self.limit = limit
        self.output = output
        self.leftovers = leftovers
        self.survivors = survivors
        self.wantedImports = wantedImports
        self.withoutState = withoutState
    }
}
