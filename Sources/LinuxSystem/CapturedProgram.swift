import Glibc

/// A program that ran to its end, and what it wrote meanwhile to standard output and standard error.
///
/// Both are read while it runs, so that it never waits for us; it is reaped whatever happens, and killed with its group at
/// the time limit or when it writes too much. Where this process is killed, so is the program; not what it has started.
package struct CapturedProgram: Sendable {
    package let end: ChildProcess.End
    package let output: [UInt8]
    package let errors: [UInt8]

    /// Why there is nothing to show.
    package enum Failure: Error, Equatable {
        case system(SystemError)
        /// It ran longer than the limit.
        case timedOut
        /// It wrote more than the limit, to both together.
        case tooMuchOutput
    }

    /// Runs a program; blocks the thread until it has ended.
    ///
    /// - Parameters:
    ///   - arguments: the first is what it takes for its own name.
    ///   - environment: `NAME=value`.
    ///   - input: what it reads from standard input.
    ///   - outputLimit: in bytes.
    package init(
        running program: String, _ arguments: [String], environment: [String], input: [UInt8] = [],
        within limit: Duration, outputLimit: Int
    ) throws(Failure) {
        var pipes = Pipes(limit: outputLimit)
        let outcome: (end: ChildProcess.End, failure: Failure?)
        do throws(SystemError) {
            outcome = try Self.run(
                program, arguments, environment, input, until: ContinuousClock.now + limit, into: &pipes)
        } catch {
            throw .system(error)
        }
        if let failure = outcome.failure { throw failure }
        end = outcome.end
        (output, errors) = (pipes.bytes[0], pipes.bytes[1])
    }

    private static func run(
        _ program: String, _ arguments: [String], _ environment: [String], _ input: [UInt8],
        until deadline: ContinuousClock.Instant, into pipes: inout Pipes
    ) throws(SystemError) -> (ChildProcess.End, Failure?) {
        let file = try SealedFile(input, named: "input")
        let raw = file.raw
        _ = try retryingOnInterrupt("rewind", on: "input") { lseek(raw, 0, SEEK_SET) }
        let outputPipe = try PipeEnds()
        let reading = FileDescriptor(owning: outputPipe.reading)
        let writing = FileDescriptor(owning: outputPipe.writing)
        let errorPipe = try PipeEnds()
        let readingErrors = FileDescriptor(owning: errorPipe.reading)
        let writingErrors = FileDescriptor(owning: errorPipe.writing)
        let child = try ChildProcess(
            starting: program, arguments, environment: environment,
            descriptors: [file.raw, writing.raw, writingErrors.raw], .leashed)
        // From here on the program alone holds the other ends.
        _ = consume writing
        _ = consume writingErrors
        let failure = pipes.listen(to: child, reading, readingErrors, until: deadline)
        if failure != nil {
            child.killGroup()
            child.kill()
        }
        return (child.wait(), failure)
    }
}

/// The reading ends, and what came out of them.
private struct Pipes {
    var bytes: [[UInt8]] = [[], []]
    private var polled: [pollfd] = []
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    private let limit: Int

    /// How long the pipes must be quiet after the program's end, in milliseconds: a child of its own may hold them open.
    private static let quietTime: Int32 = 5

    init(limit: Int) {
        self.limit = limit
    }

    /// Reads until the program has ended and both are at their ends, or quiet.
    mutating func listen(
        to child: borrowing ChildProcess, _ output: borrowing FileDescriptor, _ errors: borrowing FileDescriptor,
        until deadline: ContinuousClock.Instant
    ) -> CapturedProgram.Failure? {
        polled = [output.raw, errors.raw, child.raw].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while polled.contains(where: { $0.fd >= 0 }) {
            let hasEnded = polled[2].fd < 0
            let left = Int(ContinuousClock.now.duration(to: deadline) / .milliseconds(1))
            if left <= 0 { return hasEnded ? nil : .timedOut }
            let count = unsafe poll(&polled, 3, hasEnded ? Self.quietTime : Int32(clamping: left + 1))
            if count == 0 && hasEnded { return nil }
            guard count > 0 else { continue }  // EINTR: another round
            for index in 0..<2 where polled[index].revents != 0 { read(index) }
            if bytes[0].count + bytes[1].count > limit { return .tooMuchOutput }
            if polled[2].revents != 0 { polled[2].fd = -1 }
        }
        return nil
    }

    /// Reads once; at the end of the pipe poll(2) is to pass over it from now on.
    private mutating func read(_ index: Int) {
        let raw = polled[index].fd
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            // SAFETY: the kernel writes at most `count` bytes into storage that is ours for the call.
            unsafe Glibc.read(raw, bytes.baseAddress, bytes.count)
        }
        if count > 0 {
            bytes[index] += buffer[..<count]
        } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
            polled[index].fd = -1
        }
    }
}
