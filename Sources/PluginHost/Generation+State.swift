import Compatibility
import LinuxSystem

// The state hand-over and health, as one generation does them: on its worker, one at a time, each with a time limit.

extension Generation {
    /// A plugin's words on a failure are read up to here, in bytes.
    private static let wordsLimit = 65_536
    /// So many of them are shown, in bytes.
    private static let wordsShown = 4096

    /// Calls `swb_save`: the state's bytes, in the form of the manifest's `schema`.
    ///
    /// On a time-out the plugin is still inside: the generation may go on serving, but no other lifecycle function is
    /// called, and it is not unmapped, before it has returned.
    ///
    /// - Parameter bytes: the longest state that is taken.
    func save(within limit: Duration, limitBytes bytes: Int) async throws(LifecycleFailure) -> [UInt8] {
        let answer = try await call("swb_save", within: limit, replyLimit: bytes) { Lifecycle.ask($0) }
        // Even where the plugin took no notice: a state with a hole in it is none.
        if answer.isOverLimit { throw .tooLarge("swb_save", limit: bytes) }
        try Self.accept(answer, of: "swb_save")
        return answer.reply
    }

    /// Calls `swb_restore` with a state that another generation saved in the form `schema`.
    ///
    /// On a time-out as with `save`.
    func restore(schema: UInt32, state: [UInt8], within limit: Duration) async throws(LifecycleFailure) {
        let answer = try await call("swb_restore", within: limit, replyLimit: Self.wordsLimit) {
            Lifecycle.restore($0, schema: schema, state)
        }
        try Self.accept(answer, of: "swb_restore")
    }

    /// Calls `swb_health`; a plugin without one says nothing, which is no failure.
    ///
    /// On a time-out as with `save`.
    func health(within limit: Duration) async throws(LifecycleFailure) {
        guard image.lifecycle["swb_health"] != nil else { return }
        let answer = try await call("swb_health", within: limit, replyLimit: Self.wordsLimit) { Lifecycle.ask($0) }
        try Self.accept(answer, of: "swb_health")
    }

    private static func accept(_ answer: MessageCall.Answer, of function: String) throws(LifecycleFailure) {
        guard answer.code != 0 else { return }
        let words = printable(String(decoding: answer.reply.prefix(wordsShown), as: UTF8.self))
        throw .refused(function, code: answer.code, words: words)
    }
}
