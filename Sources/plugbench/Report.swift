internal import FoundationEssentials

/// One line of a scenario's result.
struct Row: Encodable {
    let scenario: String
    /// What was measured, in the words of the design.
    let way: String
    let threads: Int
    /// Median of the paired ratios to the raw way, and how far they spread.
    let ratio: Double
    let low: Double
    let high: Double
    let nanoseconds: Double
    let pairs: Int
    /// What the house promises; absent where the way is there for comparison.
    let bound: Double?
}

/// The rows for people.
func table(_ rows: [Row]) -> String {
    var text = "\(left("", 34)) threads   ratio   10-90 %        ns   bound\n"
    for row in rows {
        text += left("\(row.scenario): \(row.way)", 34) + right("\(row.threads)", 8)
        text += right(decimals(row.ratio), 8) + right("\(decimals(row.low))-\(decimals(row.high))", 14)
        text += right(decimals(row.nanoseconds), 8) + right(row.bound.map { "≤ " + decimals($0) } ?? "", 8) + "\n"
    }
    return text
}

/// The rows for programs: an object per line, keys sorted.
func json(_ rows: [Row]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try rows.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }.joined()
}

private func decimals(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
}

private func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}
