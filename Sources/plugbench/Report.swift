internal import FoundationEssentials

/// The rows for people: a heading wherever scenario or baseline change.
func table(_ rows: [Row]) -> String {
    var text = ""
    var heading = ""
    for row in rows {
        if heading != "\(row.scenario) ÷ \(row.base)" {
            heading = "\(row.scenario) ÷ \(row.base)"
            text += heading.padded(to: 42) + "threads   ratio     10-90 %          ns         p90         p99   bound\n"
        }
        text += "  \(row.way)".padded(to: 42) + "\(row.threads)".padded(from: 7) + decimals(row.ratio).padded(from: 8)
        text += "\(decimals(row.low))-\(decimals(row.high))".padded(from: 14)
        text += decimals(row.nanoseconds).padded(from: 12)
        text += (row.p90Nanoseconds.map(decimals) ?? "").padded(from: 12)
        text += (row.p99Nanoseconds.map(decimals) ?? "").padded(from: 12)
        text += bounds(row) + "\n"
    }
    return text
}

/// The rows for programs: an object per line, keys sorted.
func json(_ rows: [Row]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try rows.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }.joined()
}

private func bounds(_ row: Row) -> String {
    let bounds =
        [row.bound.map(decimals), row.boundNanoseconds.map { "\(decimals($0)) ns" }].compactMap { $0 }
    return bounds.map { "   ≤ \($0)" }.joined() + (row.isMissed ? "  MISSED" : "")
}

/// Two decimals where they say something.
private func decimals(_ value: Double) -> String {
    guard value < 1000 else { return "\(Int(value.rounded()))" }
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
}

extension String {
    /// Spaces behind it.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    /// Spaces before it.
    func padded(from width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
