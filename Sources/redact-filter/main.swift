import ControlPlane
import Dispatch
@unsafe @preconcurrency import Glibc  // for stdout and stderr, which nothing here replaces
import PluginHost
import Synchronization

// A log filter: lines from stdin to stdout, with personal data masked by the plugin `redact`, version 1.x.
//
//     tail -F app.log | redact-filter redact-1.0.0.so --socket $PWD/filter.sock > clean.log
//     plugctl --socket $PWD/filter.sock swap redact redact-1.1.0.so     # new rules, while lines flow
//
// Workers take turns at reading lines: their outputs interleave, each keeps its own order. A line on which the plugin
// fails is dropped, because a filter must not leak; the filter says so at its end and exits with 1.

// A host that rehearses plugins starts itself again; that process goes no further.
Rehearsal.runIfRequested()

let usage = "usage: redact-filter PLUGIN.so [--socket PATH, or SWITCHBOARD_SOCKET=PATH] [--workers N] [--stamp]"
var pluginPath: String?
var socketPath = unsafe getenv("SWITCHBOARD_SOCKET").map { unsafe String(cString: $0) }
var workerCount: Int? = 4
var isStamping = false

var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
    switch argument {
    case "--socket": socketPath = arguments.popFirst()
    case "--workers": workerCount = arguments.popFirst().flatMap { Int($0) }
    case "--stamp": isStamping = true  // worker number and plugin version in front of each line
    case _ where argument.hasPrefix("-"): fail(usage, exitCode: 2)
    default: pluginPath = argument
    }
}
guard let pluginPath, let socketPath, let workerCount, workerCount > 0 else { fail(usage, exitCode: 2) }

do {
    let host = try PluginHost()
    do {
        _ = try await host.load(pluginPath)
        let control = try ControlServer(host: host, socketPath: socketPath)
        defer { control.stop() }
        // A plain value that every worker copies: each call goes to the version that is current when it begins.
        let redact = try host.messages("redact", "^1", isStamping ? "redact_stamped" : "redact")
        try await filterLines(workers: workerCount) { [isStamping] line, worker in
            (isStamping ? "w\(worker) " : "") + (try redact.send(line))
        }
    } catch {
        await host.shutdown()
        throw error
    }
    await host.shutdown()
} catch {
    fail("\(error)")
}

/// Runs the lines of stdin through `filter` to stdout, on threads numbered from 1; throws at the end if lines were dropped.
func filterLines(workers count: Int, _ filter: @escaping @Sendable (String, Int) throws -> String) async throws {
    unsafe setlinebuf(stdout)
    let dropped = Mutex((count: 0, firstError: ""))
    let workers = DispatchGroup()
    for worker in 1...count {
        DispatchQueue(label: "redact-\(worker)").async(group: workers) {
            while let line = readLine() {
                do { print(try filter(line, worker)) } catch {
                    dropped.withLock { $0 = ($0.count + 1, $0.count == 0 ? "\(error)" : $0.firstError) }
                }
            }
        }
    }
    await withCheckedContinuation { done in workers.notify(queue: .global()) { done.resume() } }
    let (count, error) = dropped.withLock { $0 }
    if count > 0 { throw LinesDropped(description: "\(count) lines were dropped; the first because \(error)") }
}

/// What the plugin failed on is missing in the output.
struct LinesDropped: Error, CustomStringConvertible {
    let description: String
}

func fail(_ sentence: String, exitCode: Int32 = 1) -> Never {
    unsafe fputs("redact-filter: \(sentence)\n", stderr)
    exit(exitCode)
}
