import CPluginABI

/// The reply of one call: appends until the host says that it is too long, and remembers that.
@safe struct Reply {
    /// What the export returns: 0, or the host's refusal of the first part that did not fit.
    private(set) var status: Int32 = 0
    private let call: UnsafePointer<swb_call_v1>

    /// Borrows the pointer that the export was given: use the reply only until the export returns.
    @unsafe init(to call: UnsafePointer<swb_call_v1>) { unsafe self.call = call }

    /// Appends a part of the line.
    mutating func append(_ part: Span<UInt8>) {
        guard status == 0 else { return }
        // SAFETY: the call is still running (see init), and the host copies the bytes before it returns.
        status = unsafe part.withUnsafeBufferPointer { unsafe swb_reply(call, $0.baseAddress, $0.count) }
    }

    /// Appends a constant.
    mutating func append(_ text: StaticString) {
        guard status == 0 else { return }
        // SAFETY: as above; the constant lives as long as the image.
        status = unsafe swb_reply(call, text.utf8Start, text.utf8CodeUnitCount)
    }
}
