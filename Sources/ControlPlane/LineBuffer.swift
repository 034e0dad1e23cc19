/// Bytes as they come in, cut into lines; holds at most one line over its limit.
struct LineBuffer {
    /// The longest line in bytes, without its newline.
    let limit: Int
    private var bytes: [UInt8] = []
    private var start = 0  // of the first line that was not taken yet
    private var searched = 0  // no newline in start..<searched

    init(limit: Int) {
        self.limit = limit
    }

    /// Adds what was received.
    mutating func append(_ received: ArraySlice<UInt8>) {
        bytes += received
    }

    /// Takes the first whole line, without its newline; `nil` where there is none or it is longer than the limit.
    mutating func next() -> [UInt8]? {
        guard let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = bytes.count
            bytes.removeFirst(start)
            (start, searched) = (0, searched - start)
            return nil
        }
        searched = end
        if end - start > limit { return nil }
        defer { (start, searched) = (end + 1, end + 1) }
        return Array(bytes[start..<end])
    }

    /// Whether the first line is longer than the limit, whole or not: nothing behind it can be read any more.
    ///
    /// Meaningful after `next` answered `nil`.
    var isOverlong: Bool { searched - start > limit }

    /// Whether bytes wait that `next` has not given out.
    var isEmpty: Bool { start == bytes.count }
}
