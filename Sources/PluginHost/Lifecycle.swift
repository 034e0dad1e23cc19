import CPluginABI

/// The calls into a plugin's lifecycle functions: the one place where their addresses become C function pointers.
enum Lifecycle {
    private typealias Start =
        @convention(c) (UnsafePointer<swb_host_v1>, UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> Int32
    private typealias Stop = @convention(c) (UnsafeMutableRawPointer?) -> Void

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
}
