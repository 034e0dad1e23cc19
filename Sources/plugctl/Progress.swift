import Glibc

/// A counter on standard error that is gone when the work is done; only where a person looks on.
struct Progress {
    private let isShown: Bool
    private let total: Int
    private var lastShown: ContinuousClock.Instant?

    /// - Parameter isShown: standard error is a terminal that obeys control sequences, and nobody asked for plain output.
    init(of total: Int, isShown: Bool) {
        self.total = total
        self.isShown = isShown
    }

    /// Says how far the work is, at most ten times a second.
    mutating func show(_ done: Int) {
        guard isShown else { return }
        let now = ContinuousClock.now
        if let lastShown, now - lastShown < .milliseconds(100) { return }
        lastShown = now
        write("\r\(done) of \(total) files")
    }

    /// Takes the counter away.
    func finish() {
        // ECMA-48, "EL": erases to the end of the line.
        if lastShown != nil { write("\r\u{1b}[K") }
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        // SAFETY: the array is borrowed for the call. What is lost is a counter.
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
