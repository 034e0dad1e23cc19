/// Times, sizes and shares as a policy writes them: a whole number with its unit.
enum PolicyAmount {
    private static let timeUnits: [(name: String, milliseconds: Int)] = [
        ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]
    private static let sizeUnits: [(name: String, bytes: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
    ]

    /// The largest count: enough for all, and far from where sums overflow.
    static let countLimit = 1_000_000_000
    /// The largest size, in bytes: 1 TiB.
    static let sizeLimit = 1 << 40

    /// "500ms", "5s", "2m", "1h".
    static func duration(_ text: String) -> Duration? {
        guard let (number, unit) = parts(text), let factor = timeUnits.first(where: { $0.name == unit }) else {
            return nil
        }
        let (milliseconds, overflows) = number.multipliedReportingOverflow(by: factor.milliseconds)
        return overflows ? nil : .milliseconds(milliseconds)
    }

    /// "512B", "64KiB", "16MiB", "8GiB".
    static func size(_ text: String) -> Int? {
        guard let (number, unit) = parts(text), let factor = sizeUnits.first(where: { $0.name == unit }) else {
            return nil
        }
        let (bytes, overflows) = number.multipliedReportingOverflow(by: factor.bytes)
        return overflows || !(1...sizeLimit).contains(bytes) ? nil : bytes
    }

    /// "100".
    static func count(_ text: String) -> Int? {
        guard let (number, unit) = parts(text), unit.isEmpty, 1...countLimit ~= number else { return nil }
        return number
    }

    /// "5%", "0.5%": at most three digits behind the point.
    static func share(_ text: String) -> Double? {
        guard text.utf8.last == UInt8(ascii: "%") else { return nil }
        let halves = text.utf8.dropLast().split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard 1...2 ~= halves.count, let whole = halves.first, let (percent, unit) = parts(String(Substring(whole))),
            unit.isEmpty, percent <= 100
        else { return nil }
        var thousandths = percent * 1000
        if halves.count == 2 {
            let digits = String(Substring(halves[1]))
            guard 1...3 ~= digits.utf8.count, let (rest, unit) = parts(digits), unit.isEmpty else { return nil }
            thousandths += [100, 10, 1][digits.utf8.count - 1] * rest
        }
        return thousandths <= 100_000 ? Double(thousandths) / 100_000 : nil
    }

    /// A time in the largest unit that leaves no rest.
    static func text(_ duration: Duration) -> String {
        let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
        if milliseconds == 0 { return "0s" }
        let unit = timeUnits.first { milliseconds % Int64($0.milliseconds) == 0 } ?? ("ms", 1)
        return "\(milliseconds / Int64(unit.milliseconds))\(unit.name)"
    }

    /// A size in the largest unit that leaves no rest.
    static func text(bytes: Int) -> String {
        let unit = sizeUnits.first { bytes % $0.bytes == 0 } ?? ("B", 1)
        return "\(bytes / unit.bytes)\(unit.name)"
    }

    /// A share in percent, without zeros behind.
    static func text(share: Double) -> String {
        let thousandths = Int((share * 100_000).rounded())
        var digits = "\(1000 + thousandths % 1000)".dropFirst()
        while digits.last == "0" { digits = digits.dropLast() }
        return "\(thousandths / 1000)" + (digits.isEmpty ? "" : ".\(digits)") + "%"
    }

    /// The digits at the front as a number, and what follows them; `nil` without digits or with too many.
    private static func parts(_ text: String) -> (number: Int, unit: String)? {
        let digits = text.utf8.prefix(while: VersionScanner.isDigit)
        guard 1...15 ~= digits.count, let number = Int(String(Substring(digits))) else { return nil }
        return (number, String(Substring(text.utf8.dropFirst(digits.count))))
    }
}
