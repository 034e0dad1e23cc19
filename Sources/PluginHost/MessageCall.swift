import CPluginABI

/// One call that may reply: the `swb_call_v1` that is lent to the plugin, and what it writes.
enum MessageCall {
    /// What the plugin answered.
    struct Answer: Sendable {
        /// 0 where it did what it was called for.
        let code: Int32
        /// All that it wrote.
        let reply: [UInt8]
        /// It wanted to write more than it may.
        let isOverLimit: Bool
    }

    /// What the plugin wrote so far.
    private struct Reply {
        var bytes: [UInt8] = []
        var isOverLimit = false
        let limit: Int
    }

    /// Calls a message export on this thread.
    ///
    /// The result is its code and all that it wrote.
    ///
    /// - Parameters:
    ///   - host: the generation's `swb_host_v1`.
    ///   - deadline: CLOCK_MONOTONIC in nanoseconds; 0 = none.
    ///   - limit: of the reply, in bytes.
    static func run(
        _ function: MessageFunction, _ instance: UnsafeMutableRawPointer?, _ host: UnsafeRawPointer?,
        _ request: UnsafeBufferPointer<UInt8>, deadline: UInt64, limit: Int
    ) -> (code: Int32, reply: [UInt8]) {
        let answer = unsafe lend(host, deadline: deadline, limit: limit) { call in
            unsafe function(instance, request.baseAddress, request.count, call)
        }
        return (answer.code, answer.reply)
    }

    /// Lends a `swb_call_v1` to `body`, which calls a function of the plugin's with it, on this thread.
    ///
    /// - Parameters: as of `run`.
    static func lend(
        _ host: UnsafeRawPointer?, deadline: UInt64, limit: Int, _ body: (UnsafePointer<swb_call_v1>) -> Int32
    ) -> Answer {
        var reply = Reply(limit: limit)
        // The plugin gets only a swb_call_v1; the pointer to the reply lies right behind it.
        let size = unsafe MemoryLayout<swb_call_v1>.size
        // SAFETY: the frame and the reply outlive the call, which is all that the plugin may use them for;
        // offset `size` is 8-aligned and inside the frame.
        let code = unsafe withUnsafeTemporaryAllocation(byteCount: size + 8, alignment: 8) { frame in
            unsafe withUnsafeMutablePointer(to: &reply) { reply in
                guard let base = frame.baseAddress else { return Int32.min }
                var call = unsafe swb_call_v1()
                unsafe call.host = host?.assumingMemoryBound(to: swb_host_v1.self)
                unsafe call.write = append
                unsafe call.cancelled = isCancelled
                unsafe call.deadline_ns = deadline
                unsafe base.initializeMemory(as: swb_call_v1.self, to: call)
                unsafe base.storeBytes(of: reply, toByteOffset: size, as: UnsafeMutablePointer<Reply>.self)
                return unsafe body(UnsafePointer(base.assumingMemoryBound(to: swb_call_v1.self)))
            }
        }
        return Answer(code: code, reply: reply.bytes, isOverLimit: reply.isOverLimit)
    }

    /// `swb_call_v1.write`.
    private static let append: @convention(c) (UnsafePointer<swb_call_v1>?, UnsafeRawPointer?, Int) -> Int32 = {
        call, bytes, count in
        guard let call = unsafe call, count >= 0, unsafe count == 0 || bytes != nil else { return 1 }
        // SAFETY: `lend` stored the pointer there; both live until the call returns, and the plugin is on the same thread.
        let reply = unsafe UnsafeRawPointer(call).load(
            fromByteOffset: MemoryLayout<swb_call_v1>.size, as: UnsafeMutablePointer<Reply>.self)
        guard unsafe count <= reply.pointee.limit - reply.pointee.bytes.count else {
            unsafe reply.pointee.isOverLimit = true
            return 1
        }
        unsafe reply.pointee.bytes.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return 0
    }

    /// `swb_call_v1.cancelled`: whether the deadline has passed, or the generation drains.
    private static let isCancelled: @convention(c) (UnsafePointer<swb_call_v1>?) -> Int32 = { call in
        guard let call = unsafe call else { return 0 }
        let deadline = unsafe call.pointee.deadline_ns
        if deadline != 0, UInt64(Clock.nanoseconds()) >= deadline { return 1 }
        // SAFETY: every call's host is its generation's table, which the caller's pin keeps.
        guard let context = unsafe call.pointee.host?.pointee.context else { return 0 }
        return unsafe HostTable.at(context).isCancelled ? 1 : 0
    }
}
