import CPluginABI

/// The calls into a plugin's lifecycle functions: the one place where their addresses become C function pointers.
enum Lifecycle {
    private typealias Start =
        @convention(c) (UnsafePointer<swb_host_v1>, UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> Int32
    private typealias Stop = @convention(c) (UnsafeMutableRawPointer?) -> Void

    private typealias Save = @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<swb_call_v1>) -> Int32
    private typealias Restore =
        @convention(c) (
            UnsafeMutableRawPointer?, UInt32, UnsafePointer<UInt8>?, Int, UnsafePointer<swb_call_v1>
        ) -> Int32

    /// What `swb_start` answered.
    struct Started: Sendable {
        let code: Int32
        /// As an address.
        let instance: UInt
    }

    /// Calls the `swb_start` at `address`.
    ///
    /// On the generation's worker thread.
    static func start(_ address: UInt, _ table: HostTable) -> Started {
        var instance: UnsafeMutableRawPointer? = nil
        // SAFETY: the image defines swb_start there, and switchboard.h fixes its type; the generation, and with it the
        // host table, outlives the call because the caller's closure holds both.
        let function = unsafe unsafeBitCast(address, to: Start.self)
        let code = unsafe function(table.pointer, &instance)
        return Started(code: code, instance: UInt(bitPattern: instance))
    }

    /// Calls the `swb_stop` at `address`.
    ///
    /// On the generation's worker thread, after the drain.
    static func stop(_ address: UInt, _ instance: UInt) {
        // SAFETY: as above.
        let function = unsafe unsafeBitCast(address, to: Stop.self)
        unsafe function(UnsafeMutableRawPointer(bitPattern: instance))
    }

    /// One call of a lifecycle function that may reply.
    struct Call: Sendable {
        /// Of the function.
        let address: UInt
        /// What `swb_start` stored, as an address.
        let instance: UInt
        let table: HostTable
        /// CLOCK_MONOTONIC in nanoseconds, for the plugin to look at.
        let deadline: UInt64
        /// Of the reply, in bytes.
        let limit: Int
    }

    /// Calls the `swb_save` or `swb_health` there, whose type is the same: the reply is the state, or why not.
    ///
    /// On the generation's worker thread.
    static func ask(_ call: Call) -> MessageCall.Answer {
        // SAFETY: as above, for the table too.
        let function = unsafe unsafeBitCast(call.address, to: Save.self)
        return unsafe MessageCall.lend(call.table.pointer, deadline: call.deadline, limit: call.limit) {
            unsafe function(UnsafeMutableRawPointer(bitPattern: call.instance), $0)
        }
    }

    /// Calls the `swb_restore` there with a state: the reply is why it was not taken.
    ///
    /// On the generation's worker thread.
    static func restore(_ call: Call, schema: UInt32, _ state: [UInt8]) -> MessageCall.Answer {
        // SAFETY: as above; the state is lent for the call.
        let function = unsafe unsafeBitCast(call.address, to: Restore.self)
        return unsafe state.withUnsafeBufferPointer { state in
            unsafe MessageCall.lend(call.table.pointer, deadline: call.deadline, limit: call.limit) {
                unsafe function(
                    UnsafeMutableRawPointer(bitPattern: call.instance), schema, state.baseAddress, state.count, $0)
            }
        }
    }
}
