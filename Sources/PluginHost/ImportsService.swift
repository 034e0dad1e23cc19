import CPluginABI
import PluginRegistry

/// `swb.imports.v1` as one generation's plugin gets it: binds through the host, then pins call by call.
///
/// Imports live as long as the generation, whose plugin may keep them until its `swb_stop` has returned.
@safe final class ImportsService: @unchecked Sendable {  // the memory is written in `init` only
    /// Binds an export of a plugin that the importer requires; the host's, called on the plugin's threads.
    typealias Bind = @Sendable (_ plugin: String, _ symbol: String) -> Result<ImportedExport, ImportRefusal>

    /// What an import's address leads to.
    private final class Import: Sendable {
        let export: ImportedExport
        init(_ export: ImportedExport) { self.export = export }
    }

    private struct Name: Hashable, Sendable {
        let plugin: String
        let symbol: String
    }

    private struct State: Sendable {
        var imports: [Name: Import] = [:]
        var isStopping = false
    }

    private let bind: Bind
    private let state = Lock(State())
    private let service: UnsafeMutablePointer<swb_imports_v1>

    init(bind: @escaping Bind) {
        self.bind = bind
        unsafe service = .allocate(capacity: 1)
        // SAFETY: unretained: the plugin may use the service only while the generation, and so this object, lives.
        unsafe service.initialize(
            to: swb_imports_v1(
                context: Unmanaged.passUnretained(self).toOpaque(),
                bind: { context, plugin, symbol, result in
                    guard let context = unsafe context, let plugin = unsafe plugin, let symbol = unsafe symbol,
                        let result = unsafe result
                    else { return Int32(SWB_IMPORT_MISUSED) }
                    // SAFETY: `context` is the object below, alive as its contract says; both names are copied here.
                    let service = unsafe Unmanaged<ImportsService>.fromOpaque(context).takeUnretainedValue()
                    let name = unsafe Name(plugin: String(cString: plugin), symbol: String(cString: symbol))
                    switch service.imported(name) {
                    case .success(let found):
                        // SAFETY: unretained: the service keeps every import as long as itself.
                        unsafe result.pointee = OpaquePointer(Unmanaged.passUnretained(found).toOpaque())
                        return 0
                    case .failure(let refusal): return refusal.code
                    }
                },
                enter: { imported, pin, instance in unsafe ImportsService.enter(imported, pin, instance) },
                leave: { pin in
                    guard let pin = unsafe pin else { return }
                    // SAFETY: the caller's storage, which `enter` wrote; 0 from now on, for a second time.
                    let word = unsafe pin.pointee.opaque.0
                    unsafe pin.pointee.opaque.0 = 0
                    Pins.giveBack(UInt(word))
                },
                send: { imported, request, count, sink, reply in
                    guard let imported = unsafe imported, unsafe request != nil || count == 0, count >= 0 else {
                        return Int32(SWB_IMPORT_MISUSED)
                    }
                    // SAFETY: the request has `count` bytes for this call.
                    let bytes = unsafe UnsafeBufferPointer(start: request, count: count)
                    guard let answer = unsafe ImportsService.send(bytes, through: imported) else {
                        return Int32(SWB_IMPORT_NOTHING_SERVES)
                    }
                    // By now the other plugin is left: what the caller does with the reply holds nobody up.
                    guard let reply = unsafe reply, !answer.reply.isEmpty else { return answer.code }
                    let taken = unsafe answer.reply.withUnsafeBytes { unsafe reply(sink, $0.baseAddress, $0.count) }
                    return taken == 0 ? answer.code : Int32(SWB_IMPORT_REPLY_REFUSED)
                }))
    }

    deinit {
        unsafe service.deallocate()
    }

    /// The struct of that name, for `swb_host_v1.service`.
    var pointer: UnsafeRawPointer { unsafe UnsafeRawPointer(service) }

    /// Binds nothing any more; what is bound stays usable.
    func beginStopping() {
        state.withLock { $0.isStopping = true }
    }

    /// The import of that name, bound the first time that it is asked for.
    private func imported(_ name: Name) -> Result<Import, ImportRefusal> {
        let (known, isStopping) = state.withLock { ($0.imports[name], $0.isStopping) }
        if isStopping { return .failure(.wrongPhase) }
        if let known { return .success(known) }
        // Outside the lock: the host takes its own.
        return bind(name.plugin, name.symbol).map { export in
            state.withLock { state in
                let first = state.imports[name] ?? Import(export)  // another thread may have been quicker
                state.imports[name] = first
                return first
            }
        }
    }

    private static func target(of imported: OpaquePointer) -> ImportedExport {
        // SAFETY: the address is one that `bind` gave out, and its service lives, as the contract says.
        unsafe Unmanaged<Import>.fromOpaque(UnsafeRawPointer(imported)).takeUnretainedValue().export
    }

    private static func enter(
        _ imported: OpaquePointer?, _ pin: UnsafeMutablePointer<swb_pin_v1>?,
        _ instance: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> (@convention(c) () -> Void)? {
        guard let imported = unsafe imported, let pin = unsafe pin,
            case .function(let binding) = unsafe target(of: imported), let held = binding.foreignPin()
        else { return nil }
        // SAFETY: the caller's storage for both.
        unsafe pin.pointee = swb_pin_v1(opaque: (UInt64(held.word), 0, 0, 0))
        unsafe instance?.pointee = held.instance
        return held.function
    }

    /// Calls a message export; `nil` where nothing serves it.
    private static func send(
        _ request: UnsafeBufferPointer<UInt8>, through imported: OpaquePointer
    ) -> (code: Int32, reply: [UInt8])? {
        guard case .message(let binding, let limit) = unsafe target(of: imported) else {
            return (Int32(SWB_IMPORT_MISUSED), [])
        }
        // An error of the binding's is the only one: nothing serves, or there is no room for a pin.
        return try? unsafe binding { function, instance, host in
            let answer = unsafe MessageCall.run(
                function, instance, UnsafeRawPointer(host), request, deadline: 0, limit: limit)
            unsafe HostTable.count(UnsafeRawPointer(host), failed: answer.code != 0)
            return answer
        }
    }
}
