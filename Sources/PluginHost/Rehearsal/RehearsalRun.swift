import CLinuxShims
import Compatibility
import Glibc
import LinuxSystem

/// One rehearsal as the host sees it: a warden's process, what it reports, and what the candidate writes meanwhile.
///
/// Blocks its thread until the last process of the rehearsal is gone. What the candidate writes is read all the time, so
/// that it never waits for us, and to its end, before the process is reaped.
struct RehearsalRun {
    private let program: String
    private let order: RehearsalOrder
    private let policy: RehearsalPolicy
    private var report: RehearsalReport
    private var tail: OutputTail
    private let mark: String

    /// How long the warden has after the limit for sweeping and its own end, in nanoseconds.
    private static let wardenTime = Warden.sweepLimit + 3_000_000_000
    /// How long the pipes must be quiet after the warden's end, in milliseconds: somebody else may hold them open.
    private static let quietTime: Int32 = 5

    /// - Parameters:
    ///   - program: what to start; it calls `Rehearsal.runIfRequested()`.
    ///   - order: made for this run alone.
    init(of order: RehearsalOrder, in program: String, _ policy: RehearsalPolicy) {
        self.program = program
        self.order = order
        self.policy = policy
        report = RehearsalReport(nonce: order.nonce)
        tail = OutputTail(limit: policy.outputLimit)
        mark = randomWord()
    }

    /// What came of it.
    ///
    /// - Parameter staged: opens the staged copy, for the candidate to compare with the file that it opens.
    /// - Throws: where no rehearsal took place: that says nothing of the candidate.
    mutating func run(_ image: borrowing FileDescriptor) throws(PluginHostError) -> RehearsalOutcome {
        let begin = Clock.nanoseconds()
        do throws(SystemError) { try follow(image) } catch { throw .system("there was no rehearsal: \(error)") }
        if !report.isSwept { Stragglers.kill(markedBy: "\(Rehearsal.variable)=\(mark)") }
        if let trouble = report.trouble { throw .system("there was no rehearsal: \(trouble)") }
        guard report.hasBegun else {
            throw .system(
                "there was no rehearsal: \(program) did not take it up; let it call Rehearsal.runIfRequested() at the top of "
                    + "its main, or name another program")
        }
        return report.outcome(
            nanoseconds: Clock.nanoseconds() - begin, limit: policy.limit,
            output: .init(tail: tail.bytes, count: tail.count))
    }

    private mutating func follow(_ image: borrowing FileDescriptor) throws(SystemError) {
        let outputPipe = try PipeEnds()
        let output = FileDescriptor(owning: outputPipe.reading)
        let outputEnd = FileDescriptor(owning: outputPipe.writing)
        let reportPipe = try PipeEnds()
        let reports = FileDescriptor(owning: reportPipe.reading)
        let reportEnd = FileDescriptor(owning: reportPipe.writing)
        let warden = try start(image, outputEnd, reportEnd)
        // From here on the rehearsal's processes alone hold the other ends.
        _ = consume outputEnd
        _ = consume reportEnd
        listen(to: warden, output, reports)
        _ = warden.wait()
    }

    private func start(
        _ image: borrowing FileDescriptor, _ output: borrowing FileDescriptor, _ reports: borrowing FileDescriptor
    ) throws(SystemError) -> ChildProcess {
        let nothing = try FileDescriptor(opening: "/dev/null", O_RDONLY)
        let file = try SealedFile(order.encoded(), named: "rehearsal")
        // A crash is to be quick, and seen by the warden.
        let replaced = ["SWIFT_BACKTRACE": "enable=no", Rehearsal.variable: mark]
        let environment = currentEnvironment().filter { entry in
            !replaced.keys.contains { entry.hasPrefix("\($0)=") }
        }
        return try ChildProcess(
            starting: program, [Rehearsal.wardenName],
            environment: environment + replaced.map { "\($0)=\($1)" },
            descriptors: [nothing.raw, output.raw, output.raw, file.raw, reports.raw, image.raw], .ownSession)
    }

    /// Reads both pipes until the warden has ended and they are at their ends, or quiet.
    private mutating func listen(
        to warden: borrowing ChildProcess, _ output: borrowing FileDescriptor, _ reports: borrowing FileDescriptor
    ) {
        let deadline = Int(clamping: order.deadline) + Self.wardenTime
        var isKilled = false
        var polled = [output.raw, reports.raw, warden.raw].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let hasEnded = polled[2].fd < 0
            if hasEnded && polled[0].fd < 0 && polled[1].fd < 0 { return }
            let left = deadline - Clock.nanoseconds()
            if left <= 0 && !isKilled {
                warden.killGroup()
                warden.kill()
                isKilled = true
            }
            let patience = hasEnded ? Self.quietTime : isKilled ? -1 : Int32(clamping: left / 1_000_000 + 1)
            let count = unsafe poll(&polled, 3, patience)
            if count == 0 && hasEnded { return }
            // Who writes for ever to a pipe that outlived the warden is not listened to.
            if hasEnded && left <= 0 { return }
            guard count > 0 else { continue }
            if polled[0].revents != 0, let bytes = Self.read(&polled[0], &buffer) { tail.take(bytes) }
            if polled[1].revents != 0, let bytes = Self.read(&polled[1], &buffer) { report.take(bytes) }
            if polled[2].revents != 0 { polled[2].fd = -1 }
        }
    }

    /// Reads once; at the end of the pipe poll(2) is to pass over it from now on.
    private static func read(_ polled: inout pollfd, _ buffer: inout [UInt8]) -> ArraySlice<UInt8>? {
        let raw = polled.fd
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            // SAFETY: the kernel writes at most `count` bytes into storage that is ours for the call.
            unsafe Glibc.read(raw, bytes.baseAddress, bytes.count)
        }
        if count > 0 { return buffer[..<count] }
        if count == 0 || (errno != EINTR && errno != EAGAIN) { polled.fd = -1 }
        return nil
    }
}

/// 128 bits that nobody guesses, in hexadecimal.
func randomWord() -> String {
    String(UInt64.random(in: .min ... .max), radix: 16) + String(UInt64.random(in: .min ... .max), radix: 16)
}

/// The last bytes of what a process writes.
struct OutputTail {
    private(set) var bytes: [UInt8] = []
    /// How many there were.
    private(set) var count = 0
    private let limit: Int

    init(limit: Int) { self.limit = max(0, limit) }

    mutating func take(_ more: ArraySlice<UInt8>) {
        count += more.count
        bytes += more.suffix(limit)
        if bytes.count > limit { bytes.removeFirst(bytes.count - limit) }
    }
}
