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
    reply.append("[redact 1.0.0] ")
    unsafe reply.appendMasked(UnsafeBufferPointer(start: request, count: count).span)
    return reply.status
}

extension Reply {
    /// Appends the line with its e-mail addresses masked.
    fileprivate mutating func appendMasked(_ line: Span<UInt8>) {
        var copied = 0
        while let email = EmailAddress.first(in: line, from: copied) {
            append(line.extracting(copied..<email.lowerBound))
            append("<email>")
            copied = email.upperBound
        }
        append(line.extracting(copied...))
    }
}
