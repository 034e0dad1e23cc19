import CPluginABI
import Compatibility

/// The host as one generation sees it: its `swb_host_v1` and the services behind it, in memory of a fixed address.
///
/// Lives as long as the generation. What it hands to the plugin is valid until `swb_stop` has returned.
@safe final class HostTable: @unchecked Sendable {  // the memory is written in `init` only
    private let host: UnsafeMutablePointer<swb_host_v1>
    private let logService: UnsafeMutablePointer<swb_log_v1>
    private let plugin: String
    private let version: SemanticVersion
    private let sink: @Sendable (PluginLogLine) -> Void

    /// Longer lines are cut.
    private static let lineLimit = 4096

    init(plugin: String, version: SemanticVersion, log sink: @escaping @Sendable (PluginLogLine) -> Void) {
        self.plugin = plugin
        self.version = version
        self.sink = sink
        unsafe host = .allocate(capacity: 1)
        unsafe logService = .allocate(capacity: 1)
        // SAFETY: unretained, because the plugin may use it only while the generation, and so this object, lives.
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe host.initialize(
            to: swb_host_v1(
                context: context,
                service: { context, name in
                    guard let context = unsafe context, let name = unsafe name else { return nil }
                    // SAFETY: `context` is the object below, alive as its contract says.
                    return unsafe Unmanaged<HostTable>.fromOpaque(context).takeUnretainedValue().service(named: name)
                }))
        unsafe logService.initialize(
            to: swb_log_v1(
                context: context,
                write: { context, severity, text, count in
                    guard let context = unsafe context else { return }
                    // SAFETY: the same; `text` has `count` bytes for this call. A count over Int.max, negative here, is a lie.
                    let bytes = unsafe UnsafeRawBufferPointer(start: text, count: text == nil ? 0 : max(count, 0))
                    unsafe Unmanaged<HostTable>.fromOpaque(context).takeUnretainedValue().log(severity, bytes)
                }))
    }

    deinit {
        unsafe host.deallocate()
        unsafe logService.deallocate()
    }

    /// What `swb_start` and every call get.
    var pointer: UnsafePointer<swb_host_v1> { unsafe UnsafePointer(host) }

    private func service(named name: UnsafePointer<CChar>) -> UnsafeRawPointer? {
        unsafe String(cString: name) == SWB_LOG_SERVICE_V1 ? UnsafeRawPointer(logService) : nil
    }

    private func log(_ severity: Int32, _ text: UnsafeRawBufferPointer) {
        sink(
            PluginLogLine(
                plugin: plugin, version: version, severity: PluginLogLine.Severity(rawValue: severity) ?? .error,
                text: unsafe String(decoding: text.prefix(Self.lineLimit), as: UTF8.self)))
    }
}
