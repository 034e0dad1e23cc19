import CLinuxShims
import Compatibility
import Glibc
import LinuxSystem
import PluginLoading
import PluginRegistry

/// The candidate's process: loads it, starts it, asks for its health, restores a state, stops it, and says at each step
/// where it is.
///
/// What the steps do is what a host does with a generation, on a thread of the same kind.
struct RehearsedPlugin {
    private let order: RehearsalOrder
    private let writer: ReportWriter

    /// Never returns: the process ends when all is done.
    static func run() -> Never {
        // Whoever watches over this process may be gone before the kernel knows that it is to kill us then.
        _ = clinux_die_with_parent()
        guard CommandLine.arguments.count == 2, Int32(CommandLine.arguments[1]) == getppid() else { _exit(125) }
        let order = Rehearsal.takeOrder()
        close(Rehearsal.Descriptor.order)
        Self(order: order, writer: ReportWriter(order.nonce)).rehearse()
    }

    private func rehearse() -> Never {
        let image: RehearsedImage
        let file = FileDescriptor(owning: Rehearsal.Descriptor.image)
        _ = fcntl(file.raw, F_SETFD, FD_CLOEXEC)
        let threads = Self.threadCount()
        writer.say(.begin(.constructors))
        do throws(LoadingError) { image = try RehearsedImage(opening: order.ticket, file) } catch {
            fail(.constructors, code: nil, "\(error)")
        }
        writer.say(.done(.constructors))
        if image.lifecycle.isEmpty { linger(ifMoreThan: threads) } else { live(image.lifecycle, threads) }
        if !order.ticket.isResident {
            writer.say(.begin(.destructors))
            image.close()
            writer.say(.done(.destructors))
        }
        writer.say(.finished)
        _exit(0)
    }

    /// From `swb_start` to the end of the plugin's threads.
    private func live(_ lifecycle: [String: UInt], _ threads: Int) {
        let table = table()
        let worker: SerialThread
        do throws(SystemError) { worker = try SerialThread(name: "swb-\(order.plugin)") } catch {
            fail(.start, code: nil, "\(error)")
        }
        var instance: UInt = 0
        if let start = lifecycle["swb_start"] {
            writer.say(.begin(.start))
            let started = run(on: worker) { Lifecycle.start(start, table) }
            if started.code != 0 { fail(.start, code: started.code, "") }
            instance = started.instance
            writer.say(.done(.start))
        }
        func call(_ address: UInt) -> Lifecycle.Call {
            Lifecycle.Call(
                address: address, instance: instance, table: table, deadline: order.deadline, limit: Self.wordsLimit)
        }
        if let health = lifecycle["swb_health"] {
            attempt(.health, on: worker) { [call = call(health)] in Lifecycle.ask(call) }
        }
        if let state = order.state, let restore = lifecycle["swb_restore"] {
            attempt(.restore, on: worker) { [call = call(restore)] in
                Lifecycle.restore(call, schema: state.schema, state.bytes)
            }
        }
        linger(ifMoreThan: threads + 1)
        writer.say(.begin(.stop))
        table.beginStopping()
        if let survivors = table.threads.stopBlocking(within: .nanoseconds(max(0, left / 2))) {
            fail(.stop, code: nil, survivors)
        }
        if let stop = lifecycle["swb_stop"] { run(on: worker) { [instance] in Lifecycle.stop(stop, instance) } }
        guard worker.finish(within: UInt64(max(0, left))) else {
            fail(
                .stop, code: nil,
                "the thread of its functions does not end: a destructor of its thread-local storage hangs")
        }
        writer.say(.done(.stop))
        withExtendedLifetime(table) {}
    }

    /// Lets the plugin's own threads run for a while, if it has any: what they fall over comes after its functions are
    /// back.
    private func linger(ifMoreThan threads: Int) {
        guard Self.threadCount() > threads else { return }
        usleep(UInt32(clamping: min(Self.lingering, left / 4) / 1000))
    }

    /// 200 ms, in nanoseconds.
    private static let lingering = 200_000_000

    /// How many threads this process has; where the kernel does not show them, as if there were many.
    private static func threadCount() -> Int {
        (try? PrivateFolder.names(in: "/proc/self/task").count) ?? .max  // its error says no more than that
    }

    /// A plugin's words are read up to here, in bytes.
    private static let wordsLimit = 65_536
    /// So many of them are reported, in bytes.
    private static let wordsShown = 1024

    /// Nanoseconds until this process is killed.
    private var left: Int { Int(clamping: order.deadline) - Clock.nanoseconds() }

    private func attempt(
        _ step: RehearsalOutcome.Step, on worker: SerialThread, _ body: @escaping @Sendable () -> MessageCall.Answer
    ) {
        writer.say(.begin(step))
        let answer = run(on: worker, body)
        if answer.code != 0 {
            fail(step, code: answer.code, String(decoding: answer.reply.prefix(Self.wordsShown), as: UTF8.self))
        }
        writer.say(.done(step))
    }

    /// Runs a body on the plugin's thread and waits for it, as long as it takes: the warden sees to the limit.
    @discardableResult
    private func run<Value: Sendable>(on worker: SerialThread, _ body: @escaping @Sendable () -> Value) -> Value {
        let result = Lock<Value?>(nil)
        let isDone = StoppingFlag()
        worker.enqueue {
            let value = body()
            result.withLock { $0 = value }
            isDone.raise()
        }
        while true {
            _ = isDone.wait(nanoseconds: .max)
            if let value = result.withLock({ $0 }) { return value }
        }
    }

    /// A host without other plugins, whose log is this process's standard error.
    private func table() -> HostTable {
        HostTable(
            plugin: order.plugin, version: order.version, log: PluginLogLine.writeToStandardError,
            bind: { [writer] _, _ in
                writer.say(.wantsImport)
                return .failure(.nothingServes)
            })
    }

    private func fail(_ step: RehearsalOutcome.Step, code: Int32?, _ words: String) -> Never {
        writer.say(.failed(step, code: code, words: words))
        _exit(0)
    }
}
