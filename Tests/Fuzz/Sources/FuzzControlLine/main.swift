import FuzzSupport

@testable import ControlPlane

/// Control socket: bytes as they come in, cut into lines however the packets fall, each a request or a failure that can
/// be answered.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzControlLine(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let limits = ControlLimits()
    let lines = cut(bytes, pieces: bytes.count, limit: limits.requestBytes)
    let step = Int(bytes.first ?? 0) % 7 + 1
    law("lines do not depend on packets", cut(bytes, pieces: step, limit: limits.requestBytes) == lines)
    for line in lines {
        law("a line is bounded", line.count <= limits.requestBytes)
        let request = ControlCodec.request(from: line, nesting: limits.nesting)
        guard case .failure(let failure) = request.method else { continue }
        let reply = ControlCodec.reply(to: request.id ?? .null, failure)
        law("a failure's reply is one line", reply.last == 10 && reply.count { $0 == 10 } == 1)
        law("a failure's reply is bounded", reply.count < limits.requestBytes + 4096, "\(reply.count)")
        law("a failure says what it is", !failure.code.isEmpty && !failure.message.isEmpty)
        law("a failure is safe to show", isPrintable(failure.message), failure.message)
    }
    return 0
}

/// The lines of all bytes, fed in pieces.
private func cut(_ bytes: [UInt8], pieces: Int, limit: Int) -> [[UInt8]] {
    var buffer = LineBuffer(limit: limit)
    var lines: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
        let end = min(start + pieces, bytes.count)
        buffer.append(bytes[start..<end])
        while let line = buffer.next() { lines.append(line) }
        if buffer.isOverlong { break }
        start = end
    }
    return lines
}
