/// The JSON object that answers one line, written while the line is read.
struct MaskedLine {
    private var reply: Reply
    private var emails = 0
    private var ipv4s = 0
    private var ipv6s = 0

    /// Writes the whole object; the result is what the export returns.
    static func write(_ line: String, stamp: StaticString, to reply: Reply) -> Int32 {
        var object = MaskedLine(reply: reply)
        object.reply.append("{\"line\": \"")
        object.reply.append(stamp)
        object.appendMasked(line.utf8Span.span)
        object.reply.append("\", \"counts\": {\"email\": ")
        object.reply.append(String(object.emails).utf8Span.span)
        object.reply.append(", \"ipv4\": ")
        object.reply.append(String(object.ipv4s).utf8Span.span)
        object.reply.append(", \"ipv6\": ")
        object.reply.append(String(object.ipv6s).utf8Span.span)
        object.reply.append("}}")
        return object.reply.status
    }

    private init(reply: Reply) { self.reply = reply }

    /// E-mail addresses first: what looks like an IP address inside one is a part of it.
    private mutating func appendMasked(_ line: Span<UInt8>) {
        var copied = 0
        while let email = EmailAddress.first(in: line, from: copied) {
            appendIPAddressesMasked(line.extracting(copied..<email.lowerBound))
            reply.append("<email>")
            emails += 1
            copied = email.upperBound
        }
        appendIPAddressesMasked(line.extracting(copied...))
    }

    private mutating func appendIPAddressesMasked(_ text: Span<UInt8>) {
        var copied = 0
        IPAddress.forEach(in: text) { range, address in
            reply.appendEscaped(text.extracting(copied..<range.lowerBound))
            switch address {
            case .v4:
                reply.append("<ipv4>")
                ipv4s += 1
            case .v6:
                reply.append("<ipv6>")
                ipv6s += 1
            }
            copied = range.upperBound
        }
        reply.appendEscaped(text.extracting(copied...))
    }
}

extension Reply {
    /// Appends text inside a JSON string (RFC 8259 §7): quotation mark, backslash and control characters are escaped.
    fileprivate mutating func appendEscaped(_ text: Span<UInt8>) {
        var copied = 0
        for index in text.indices where text[index].needsEscape {
            append(text.extracting(copied..<index))
            append("\\u00")
            append(text[index].hexDigits.span)
            copied = index + 1
        }
        append(text.extracting(copied...))
    }
}

extension UInt8 {
    fileprivate var needsEscape: Bool { self < 0x20 || self == UInt8(ascii: "\"") || self == UInt8(ascii: "\\") }

    /// Two lower-case hex digits.
    fileprivate var hexDigits: [2 of UInt8] {
        [(self >> 4).hexDigit, (self & 15).hexDigit]
    }

    private var hexDigit: UInt8 { self < 10 ? UInt8(ascii: "0") + self : UInt8(ascii: "a") + self - 10 }
}
