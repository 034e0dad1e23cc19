/// E-mail addresses as logs contain them.
///
/// A local part of letters, digits and `._%+-`, an `@`, and a domain of at least two labels whose last one begins with a
/// letter. Bytes from 0x80 count as letters, so that internationalised addresses are masked whole.
enum EmailAddress {
    /// The first address that begins at or after `from`.
    ///
    /// A full stop behind it belongs to the sentence. Linear in the text, whatever it is: neither part of an address
    /// contains an `@`, so no byte is looked at for more than two addresses.
    static func first(in text: Span<UInt8>, from: Int) -> Range<Int>? {
        var searched = from
        while let at = text.firstIndex(of: UInt8(ascii: "@"), from: searched) {
            let start = localPartStart(in: text, endingAt: at, notBefore: searched)
            if start < at, let end = domainEnd(in: text, from: at + 1) { return start..<end }
            searched = at + 1
        }
        return nil
    }

    /// Where the local part before the `@` begins, leading dots left out; at the `@` where there is none.
    private static func localPartStart(in text: Span<UInt8>, endingAt at: Int, notBefore limit: Int) -> Int {
        var start = at
        while start > limit, text[start - 1].isInLocalPart { start -= 1 }
        while start < at, text[start] == UInt8(ascii: ".") { start += 1 }
        return start
    }

    /// Where the longest acceptable domain ends; `nil` where fewer than two labels can be had.
    private static func domainEnd(in text: Span<UInt8>, from start: Int) -> Int? {
        var accepted: Int?
        var label = start
        while let end = labelEnd(in: text, from: label) {
            if label > start, end - label >= 2, text[label].beginsWord { accepted = end }
            guard end < text.count, text[end] == UInt8(ascii: ".") else { break }
            label = end + 1
        }
        return accepted
    }

    /// Where the label that begins here ends, `nil` where none does; a hyphen stands inside a label only.
    private static func labelEnd(in text: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        var end = start
        while index < text.count, text[index].isInWord || (index > start && text[index] == UInt8(ascii: "-")) {
            index += 1
            if text[index - 1] != UInt8(ascii: "-") { end = index }
        }
        return end > start ? end : nil
    }
}

extension Span<UInt8> {
    fileprivate func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        var index = start
        while index < count {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }
}

extension UInt8 {
    fileprivate var isInLocalPart: Bool {
        switch self {
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "%"), UInt8(ascii: "+"), UInt8(ascii: "-"): true
        default: isInWord
        }
    }

    fileprivate var isInWord: Bool { beginsWord || isDigit }

    fileprivate var beginsWord: Bool { isLetter || self >= 0x80 }
}
