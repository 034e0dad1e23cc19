/// Why a text of `key = value` lines says nothing: what stands in which line, and what to write instead.
public struct LineError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line's number, from 1; `nil` where the text as a whole is meant.
    public let line: Int?
    /// What is wrong, a clause.
    public let problem: String
    /// What to write instead, an imperative.
    public let remedy: String

    package init(line: Int?, problem: String, remedy: String) {
        self.line = line
        self.problem = problem
        self.remedy = remedy
    }

    /// "line 3: problem: remedy", safe to show.
    public var description: String {
        printable((line.map { "line \($0): " } ?? "") + problem + ": " + remedy)
    }
}

/// Why a text is no manifest.
package typealias ManifestError = LineError

/// Why a text is no policy.
public typealias HostPolicyError = LineError
