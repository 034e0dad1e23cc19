import CPluginABI
import Compatibility
import PluginRegistry

/// The host as one generation sees it: its `swb_host_v1` and the services behind it, in memory of a fixed address.
///
/// Lives as long as the generation. What it hands to the plugin is valid until `swb_stop` has returned.
@safe final class HostTable: @unchecked Sendable {  // the memory is written in `init` only
    /// The plugin's host-owned threads.
    var threads: PluginThreads { threadsService.threads }

    private let host: UnsafeMutablePointer<swb_host_v1>
    private let logService: UnsafeMutablePointer<swb_log_v1>
    private let threadsService = ThreadsService()
    /// `nil`: this host offers no imports.
    private let importsService: ImportsService?
    private let plugin: String
    private let version: SemanticVersion
    private let sink: @Sendable (PluginLogLine) -> Void
    private let isDraining = RaisedFlag()
    /// The calls of this generation's message exports, and how many of them failed.
    let tally = CallTally()

    /// Longer lines are cut.
    private static let lineLimit = 4096

    init(
        plugin: String, version: SemanticVersion, log sink: @escaping @Sendable (PluginLogLine) -> Void,
        bind: ImportsService.Bind? = nil
    ) {
        self.plugin = plugin
        self.version = version
        self.sink = sink
        importsService = bind.map { ImportsService(bind: $0) }
        unsafe host = .allocate(capacity: 1)
        unsafe logService = .allocate(capacity: 1)
        // SAFETY: unretained, because the plugin may use it only while the generation, and so this object, lives.
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe host.initialize(
            to: swb_host_v1(
                context: context,
                service: { context, name in
                    guard let context = unsafe context, let name = unsafe name else { return nil }
                    return unsafe HostTable.at(context).service(named: name)
                }))
        unsafe logService.initialize(
            to: swb_log_v1(
                context: context,
                write: { context, severity, text, count in
                    guard let context = unsafe context else { return }
                    // SAFETY: `text` has `count` bytes for this call. A count over Int.max, negative here, is a lie.
                    let bytes = unsafe UnsafeRawBufferPointer(start: text, count: text == nil ? 0 : max(count, 0))
                    unsafe HostTable.at(context).log(severity, bytes)
                }))
    }

    deinit {
        unsafe host.deallocate()
        unsafe logService.deallocate()
    }

    /// What `swb_start` and every call get.
    var pointer: UnsafePointer<swb_host_v1> { unsafe UnsafePointer(host) }

    /// Tells the calls inside that their answers are wanted no more: `swb_call_v1.cancelled` is non-zero from now on.
    func raiseCancellation() { isDraining.raise() }

    /// Whether it was raised.
    var isCancelled: Bool { isDraining.isRaised }

    /// From now on no import is bound and no thread is started, and the threads that run are told to stop.
    func beginStopping() {
        importsService?.beginStopping()
        threads.raise()
    }

    /// The table that a context leads to: `swb_host_v1.context`, and the log's.
    static func at(_ context: UnsafeMutableRawPointer) -> HostTable {
        // SAFETY: contexts are what `init` stored; the table is alive as the contract says.
        unsafe Unmanaged<HostTable>.fromOpaque(context).takeUnretainedValue()
    }

    private func service(named name: UnsafePointer<CChar>) -> UnsafeRawPointer? {
        switch unsafe String(cString: name) {
        case SWB_LOG_SERVICE_V1: unsafe UnsafeRawPointer(logService)
        case SWB_THREADS_SERVICE_V1: unsafe threadsService.pointer
        case SWB_IMPORTS_SERVICE_V1: unsafe importsService?.pointer
        default: nil
        }
    }

    private func log(_ severity: Int32, _ text: UnsafeRawBufferPointer) {
        sink(
            PluginLogLine(
                plugin: plugin, version: version, severity: PluginLogLine.Severity(rawValue: severity) ?? .error,
                text: unsafe String(decoding: text.prefix(Self.lineLimit), as: UTF8.self)))
    }
}
