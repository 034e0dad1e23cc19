import LinuxSystem
import Testing

struct CapturedProgramTests {
    private static func run(
        _ script: String, input: String = "", within limit: Duration = .seconds(30), outputLimit: Int = 1 << 20
    ) throws -> CapturedProgram {
        try CapturedProgram(
            running: "/bin/sh", ["sh", "-c", script], environment: ["WORD=x"], input: Array(input.utf8), within: limit,
            outputLimit: outputLimit)
    }

    @Test func readsBothStreamsAtOnce() throws {
        // Each is more than a pipe holds: who waits for one of them waits for ever.
        let run = try Self.run("head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; echo $WORD; exit 3")
        #expect(run.output.count == 300_002 && run.output.suffix(2) == Array("x\n".utf8)[...])
        #expect(run.errors.count == 300_000)
        #expect(run.end == .exited(3))
    }

    @Test func givesInput() throws {
        #expect(try Self.run("cat", input: "one\ntwo\n").output == Array("one\ntwo\n".utf8))
        #expect(try Self.run("kill -9 $$").end == .signalled(9))
    }

    @Test func killsWhatDoesNotEnd() {
        #expect(throws: CapturedProgram.Failure.timedOut) {
            try Self.run("sleep 100 & sleep 100", within: .milliseconds(50))
        }
    }

    @Test func killsWhatWritesTooMuch() {
        #expect(throws: CapturedProgram.Failure.tooMuchOutput) { try Self.run("yes", outputLimit: 100_000) }
    }

    @Test func doesNotWaitForWhoeverHoldsThePipesAfterwards() throws {
        let run = try Self.run("sleep 100 & echo $!")
        let child = try #require(Int32(String(decoding: run.output, as: UTF8.self).dropLast()))
        WatchedProcess(child)?.kill()
        #expect(run.end == .exited(0))
    }

    @Test func saysWhatCannotBeStarted() {
        #expect(
            throws: CapturedProgram.Failure.system(SystemError("start", on: "/nonexistent/clang", errno: 2))
        ) {
            try CapturedProgram(
                running: "/nonexistent/clang", ["clang"], environment: [], within: .seconds(1), outputLimit: 1)
        }
    }
}
