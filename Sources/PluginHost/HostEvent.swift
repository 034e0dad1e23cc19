import Glibc

/// Something that the host did or saw by itself, for an operator to read.
public struct HostEvent: Sendable, Equatable {
    /// Stable and greppable.
    ///
    /// `swap.reverted`, `swap.not-reverted`, `swap.committed`, `probation.ended`, `canary.closed`, `canary.not-closed`,
    /// `route.fallback`, `ledger.warning`, `audit.lost`.
    public let code: String
    /// The plugin that it is about.
    public let plugin: String
    /// What happened, where, and why: a sentence.
    public let sentence: String

    /// Writes "switchboard [canary.closed] sentence" to standard error.
    public static func writeToStandardError(_ event: Self) {
        let bytes = Array("switchboard [\(event.code)] \(event.sentence)\n".utf8)
        // SAFETY: the array is borrowed for the call. One write(2): lines of several threads do not mix. A closed standard
        // error loses the line, and there is no better place to say so.
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
