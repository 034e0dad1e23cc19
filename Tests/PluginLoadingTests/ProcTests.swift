import Glibc
import TestSupport
import Testing

@testable import LinuxSystem

/// What is read from proc(5), and from files that only look like it.
@Suite struct ProcTests {
    @Test func findsTheMappingOfAnAddress() {
        let text = """
            1000-3000 r-xp 00000000 fe:00 1 /bin/a
            3000-4000 ---p 00000000 00:00 0
            no-line
            9000-8000 r--p backwards
            ffffffffffffffffff-1 too large
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]
            """
        let map = MemoryMap(parsing: Array(text.utf8))
        #expect(map.mapping(of: 0xfff) == nil)
        #expect(map.mapping(of: 0x1000) == 0x1000..<0x3000)
        #expect(map.mapping(of: 0x2fff) == 0x1000..<0x3000)
        #expect(map.mapping(of: 0x3000) == 0x3000..<0x4000)
        #expect(map.mapping(of: 0x4000) == nil)
        #expect(map.mapping(of: .max) == nil)
        #expect(map.mapping(of: 0xffff_ffff_ff60_0010) == 0xffff_ffff_ff60_0000..<0xffff_ffff_ff60_1000)
        #expect(MemoryMap(parsing: []).mapping(of: 0) == nil)
    }

    @Test func thisProcessesOwnStackIsMapped() throws {
        var here = 0
        let address = withUnsafePointer(to: &here) { UInt(bitPattern: $0) }
        #expect(try MemoryMap().mapping(of: address)?.contains(address) == true)
    }

    @Test func whatIsLargerThanItsLimitIsAnError() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([UInt8](repeating: 7, count: 70_000), to: "file")
        #expect(try ProcFile.read(path, limit: 70_000).count == 70_000)
        let error = #expect(throws: SystemError.self) { try ProcFile.read(path, limit: 69_999) }
        #expect(error?.code == EFBIG)
        #expect(throws: SystemError.self) { try ProcFile.read(folder.file("absent"), limit: 1) }
    }

    @Test func aThreadsActivityIsReadFromItsLine() {
        func activity(_ line: String) -> ThreadStatus.Activity { ThreadStatus.activity(parsing: Array(line.utf8)) }
        #expect(activity("running\n") == .running)
        #expect(activity("-1 0x10 0x20\n") == .asleep(stackPointer: 0x10, registers: [0x10, 0x20]))
        #expect(
            activity("0 0x1 0x2 0x3 0x4 0x5 0x6 0x7f 0x80\n")
                == .asleep(stackPointer: 0x7f, registers: [1, 2, 3, 4, 5, 6, 0x7f, 0x80]))
        #expect(activity("0 0x1 0x2 0x3 0x4 0x5 0x6 0x7f 80\n") == .unknown)
        #expect(activity("-1 0x0 0x0\n") == .gone)
        #expect(ThreadStatus.activity(of: 0) == .gone)
    }

    @Test func aFlagThatIsRaisedWakesWhoWaits() throws {
        let flag = StoppingFlag()
        #expect(!flag.isRaised && !flag.wait(nanoseconds: 0) && !flag.wait(nanoseconds: 1))
        let waiter = try SerialThread(name: "waiter")
        waiter.enqueue { if !flag.wait(nanoseconds: .max) { Issue.record("a wait for ever ended by itself") } }
        flag.raise()
        flag.raise()
        #expect(waiter.finish(within: 30_000_000_000))
        #expect(flag.isRaised && flag.wait(nanoseconds: .max))
    }
}
