public import CRedact

// The exports. `@c @implementation` lets the compiler compare each with its declaration in redact.h; everything else in
// this module is internal, so the dynamic symbol table holds these two functions.

/// Replies with the masked line.
@c @implementation
public func redact(
    _ instance: UnsafeMutableRawPointer!, _ request: UnsafePointer<UInt8>!, _ count: Int,
    _ call: UnsafePointer<swb_call_v1>!
) -> Int32 {
    // SAFETY: the host lends `count` bytes and the call until this function returns; both are used only here.
    var reply = unsafe Reply(to: call)
    unsafe reply.appendMasked(UnsafeBufferPointer(start: request, count: count).span)
    return reply.status
}

/// Replies with the masked line behind this plugin's own version.
@c @implementation
public func redact_stamped(
    _ instance: UnsafeMutableRawPointer!, _ request: UnsafePointer<UInt8>!, _ count: Int,
    _ call: UnsafePointer<swb_call_v1>!
) -> Int32 {
    // SAFETY: as above.
    var reply = unsafe Reply(to: call)
    reply.append("[redact 1.1.0] ")
    unsafe reply.appendMasked(UnsafeBufferPointer(start: request, count: count).span)
    return reply.status
}

extension Reply {
    /// Appends the line with its e-mail and IP addresses masked.
    ///
    /// E-mail addresses first: what looks like an IP address inside one is a part of it.
    fileprivate mutating func appendMasked(_ line: Span<UInt8>) {
        var copied = 0
        while let email = EmailAddress.first(in: line, from: copied) {
            appendIPAddressesMasked(line.extracting(copied..<email.lowerBound))
            append("<email>")
            copied = email.upperBound
        }
        appendIPAddressesMasked(line.extracting(copied...))
    }

    private mutating func appendIPAddressesMasked(_ text: Span<UInt8>) {
        var copied = 0
        IPAddress.forEach(in: text) { range, address in
            append(text.extracting(copied..<range.lowerBound))
            append(address == .v4 ? "<ipv4>" : "<ipv6>")
            copied = range.upperBound
        }
        append(text.extracting(copied...))
    }
}
