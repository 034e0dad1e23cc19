import CPluginABI
import Glibc

/// `swb.threads.v1` as one generation's plugin gets it: the C border of `PluginThreads`.
@safe final class ThreadsService: @unchecked Sendable {  // the memory is written in `init` only
    /// What stands behind the border.
    let threads = PluginThreads()
    /// The kernel keeps so many bytes of a thread's name.
    private static let nameLimit = 15
    private let service: UnsafeMutablePointer<swb_threads_v1>

    init() {
        unsafe service = .allocate(capacity: 1)
        // SAFETY: unretained: the plugin may use the service only while the generation, and so this object, lives.
        unsafe service.initialize(
            to: swb_threads_v1(
                context: Unmanaged.passUnretained(threads).toOpaque(),
                run: { context, name, body, argument in
                    guard let context = unsafe context, let name = unsafe name, let body = unsafe body else {
                        return EINVAL
                    }
                    // SAFETY: `name` is NUL-terminated, and copied here.
                    let cut = unsafe UnsafeRawBufferPointer(start: name, count: strnlen(name, ThreadsService.nameLimit))
                    return unsafe ThreadsService.threads(context).run(
                        PluginThreads.Body(function: body, argument: argument),
                        name: String(decoding: cut, as: UTF8.self))
                },
                stopping: { context in
                    guard let context = unsafe context else { return 1 }
                    return unsafe ThreadsService.threads(context).stopping.isRaised ? 1 : 0
                },
                wait: { context, nanoseconds in
                    guard let context = unsafe context else { return 1 }
                    return unsafe ThreadsService.threads(context).stopping.wait(nanoseconds: nanoseconds) ? 1 : 0
                }))
    }

    deinit {
        unsafe service.deallocate()
    }

    /// The struct of that name, for `swb_host_v1.service`.
    var pointer: UnsafeRawPointer { unsafe UnsafeRawPointer(service) }

    private static func threads(_ context: UnsafeMutableRawPointer) -> PluginThreads {
        // SAFETY: `context` is what `init` stored, alive as its contract says.
        unsafe Unmanaged<PluginThreads>.fromOpaque(context).takeUnretainedValue()
    }
}
