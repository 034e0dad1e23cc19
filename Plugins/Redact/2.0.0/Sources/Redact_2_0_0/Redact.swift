public import CRedact

// The exports. `@c @implementation` lets the compiler compare each with its declaration in redact.h; everything else in
// this module is internal, so the dynamic symbol table holds these two functions.

/// Replies with the masked line and its counts.
@c @implementation
public func redact(
    _ instance: UnsafeMutableRawPointer!, _ request: UnsafePointer<UInt8>!, _ count: Int,
    _ call: UnsafePointer<swb_call_v1>!
) -> Int32 {
    // SAFETY: the host lends `count` bytes and the call until this function returns; both are used only here.
    let line = unsafe String(decoding: UnsafeBufferPointer(start: request, count: count), as: UTF8.self)
    return unsafe MaskedLine.write(line, stamp: "", to: Reply(to: call))
}

/// Replies with the masked line behind this plugin's own version, and its counts.
@c @implementation
public func redact_stamped(
    _ instance: UnsafeMutableRawPointer!, _ request: UnsafePointer<UInt8>!, _ count: Int,
    _ call: UnsafePointer<swb_call_v1>!
) -> Int32 {
    // SAFETY: as above.
    let line = unsafe String(decoding: UnsafeBufferPointer(start: request, count: count), as: UTF8.self)
    return unsafe MaskedLine.write(line, stamp: "[redact 2.0.0] ", to: Reply(to: call))
}
