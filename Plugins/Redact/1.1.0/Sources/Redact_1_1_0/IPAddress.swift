/// IP addresses as logs contain them.
///
/// IPv4 in dotted decimals; IPv6 in the forms of RFC 4291 §2.2, with a zone where there is one (`fe80::1%eth0`, RFC 4007
/// §11). Ports, prefixes and brackets around an address stay. Times and MAC addresses have too few groups to be IPv6.
enum IPAddress {
    case v4, v6

    /// Hands every address in the text to `body`, from left to right; linear in the text, whatever it is.
    static func forEach(in text: Span<UInt8>, _ body: (Range<Int>, IPAddress) -> Void) {
        var index = 0
        while index < text.count {
            guard text[index].isInAddress else {
                index += 1
                continue
            }
            let start = index
            while index < text.count, text[index].isInAddress { index += 1 }
            if let run = cleanPart(of: text, start..<index) { visit(text, run, body) }
        }
    }

    /// The part of a run of address characters that stands apart from neighbouring words.
    ///
    /// A word that touches the run takes what is up to the nearest colon with it (`v1.2.3.4` is no address, nor is
    /// `std::cafe`); dots at the end belong to the sentence.
    private static func cleanPart(of text: Span<UInt8>, _ run: Range<Int>) -> Range<Int>? {
        var start = run.lowerBound
        var end = run.upperBound
        if start > 0, text[start - 1].isLetterOrDigit {
            while start < end, text[start] != colon { start += 1 }
            start += 1
        }
        if end < text.count, text[end].isLetterOrDigit {
            while end > start, text[end - 1] != colon { end -= 1 }
            end -= 1
        }
        while end > start, text[end - 1] == dot { end -= 1 }
        return start < end ? start..<end : nil
    }

    /// Finds the addresses in a clean run, piece by piece between the colons.
    ///
    /// An IPv6 address takes the rest of the run, so it is tried where it could begin only: at the start, behind an
    /// IPv4 address, behind an empty piece (`key:` leaves one).
    private static func visit(_ text: Span<UInt8>, _ run: Range<Int>, _ body: (Range<Int>, IPAddress) -> Void) {
        var piece = run.lowerBound
        var mayBeginV6 = true
        while piece < run.upperBound {
            if mayBeginV6, let end = endOfV6(in: text, piece..<run.upperBound) {
                return body(piece..<end, .v6)
            }
            var end = piece
            while end < run.upperBound, text[end] != colon { end += 1 }
            if end > piece {
                let address = withoutDots(text, piece..<end)
                mayBeginV6 = isV4(text, address)
                if mayBeginV6 { body(address, .v4) }
            }
            piece = end + 1
        }
    }

    /// Where the IPv6 address ends that fills the range, but for a colon behind it, and goes on with a zone.
    private static func endOfV6(in text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        if isV6(text, range) { return endOfZone(in: text, from: range.upperBound) }
        let last = range.upperBound - 1
        return text[last] == colon && isV6(text, range.lowerBound..<last) ? last : nil
    }

    /// Where a zone ends that begins here; here where none does.
    private static func endOfZone(in text: Span<UInt8>, from start: Int) -> Int {
        guard start < text.count, text[start] == UInt8(ascii: "%") else { return start }
        var end = start + 1
        while end < text.count, text[end].isInZone { end += 1 }
        while text[end - 1] == dot { end -= 1 }
        return end - 1 == start ? start : end
    }

    /// Whether the range is one IPv6 address; looks no further than one group beyond the eighth.
    private static func isV6(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var groups = 0
        var isShortened = false
        var index = range.lowerBound
        if range.count >= 2, text[index] == colon, text[index + 1] == colon {
            isShortened = true
            index += 2
        }
        while index < range.upperBound {
            let start = index
            while index < range.upperBound, index - start < 4, text[index].isHexDigit { index += 1 }
            groups += 1
            if index < range.upperBound, text[index] == dot {
                // The last two groups may be an IPv4 address, as in ::ffff:192.0.2.1.
                guard isV4(text, start..<range.upperBound) else { return false }
                groups += 1
                break
            }
            guard index > start, groups <= 8 else { return false }
            if index == range.upperBound { break }
            guard text[index] == colon, index + 1 < range.upperBound else { return false }
            index += 1
            if text[index] == colon {
                if isShortened { return false }
                isShortened = true
                index += 1
            }
        }
        return isShortened ? groups < 8 : groups == 8
    }

    /// Whether the range is four octets and the dots between them.
    private static func isV4(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard (7...15).contains(range.count) else { return false }
        var index = range.lowerBound
        for octet in 0..<4 {
            if octet > 0 {
                guard index < range.upperBound, text[index] == dot else { return false }
                index += 1
            }
            var value = 0
            let start = index
            while index < range.upperBound, index - start < 3, text[index].isDigit {
                value = value * 10 + Int(text[index] - UInt8(ascii: "0"))
                index += 1
            }
            guard index > start, value <= 255 else { return false }
        }
        return index == range.upperBound
    }

    /// The range without dots at either end: those of an ellipsis, or of a sentence.
    private static func withoutDots(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, text[start] == dot { start += 1 }
        while start < end, text[end - 1] == dot { end -= 1 }
        return start..<end
    }

    private static var colon: UInt8 { UInt8(ascii: ":") }
    private static var dot: UInt8 { UInt8(ascii: ".") }
}

extension UInt8 {
    fileprivate var isInAddress: Bool { isHexDigit || self == UInt8(ascii: ":") || self == UInt8(ascii: ".") }

    fileprivate var isInZone: Bool {
        isLetterOrDigit || self == UInt8(ascii: ".") || self == UInt8(ascii: "_") || self == UInt8(ascii: "-")
    }

    fileprivate var isHexDigit: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20) }
}
