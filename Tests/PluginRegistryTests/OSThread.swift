import Dispatch
import Glibc
import PluginRegistry

/// A thread of the system: what pins are about.
///
/// Swift's tasks share a few.
final class OSThread: Sendable {
    private let thread: pthread_t

    init(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(Body(run: body))
        let error = pthread_create(
            &thread, nil,
            { argument in
                // Taken before it runs: a body that ends its thread leaves nothing behind.
                let run = argument.map { Unmanaged<Body>.fromOpaque($0).takeRetainedValue().run }
                run?()
                return nil
            }, argument.toOpaque())
        precondition(error == 0, "pthread_create: \(error)")
        self.thread = thread
    }

    func join() { pthread_join(thread, nil) }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }
}

/// Opens once, for all.
struct Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func open() { semaphore.signal() }
    func pass() {
        semaphore.wait()
        semaphore.signal()
    }
}

/// A thread that is inside a call through `binding` until it is released.
final class Caller: Sendable {
    private let inside = Gate()
    private let release = Gate()
    private let thread: OSThread

    init(_ binding: Binding<Add>, name: String = "caller") {
        thread = OSThread { [inside, release] in
            nameThisThread(name)
            try? binding { _ in
                inside.open()
                release.pass()
            }
        }
        inside.pass()
    }

    func leave() {
        release.open()
        thread.join()
    }
}

/// Sets what proc(5) calls this thread (Glibc's module has no pthread_setname_np).
private func nameThisThread(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY)
    defer { close(file) }
    let written = name.withCString { write(file, $0, name.utf8.count) }
    precondition(written == name.utf8.count, "/proc/thread-self/comm")
}
