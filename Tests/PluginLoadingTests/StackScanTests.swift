import Glibc
import LinuxSystem
import PluginLoading
import TestSupport
import Testing

/// Which threads' stacks lead into a range of addresses: real threads, and what the kernel could say of others.
@Suite(.timeLimit(.minutes(1))) struct StackScanTests {
    /// The address of nothing, of which no other thread knows.
    private static let image: Range<UInt> = 0x5357_0000_0000..<0x5357_0000_1000

    @Test func findsAnAddressDeepInTheStackOfASleepingThread() throws {
        let sleeper = try Sleeper(holding: Self.image.lowerBound + 8)
        defer { sleeper.wake() }
        // Another thread of the tests may run, or this one not have fallen asleep yet: looked at again.
        var verdict = StackScan.look(for: Self.image)
        while case .undecided = verdict { verdict = StackScan.look(for: Self.image) }
        #expect(verdict == .inUse([ThreadStatus(id: sleeper.id, name: "sleeper")]))
    }

    @Test func aSleepingThreadWithoutAnAddressIsClear() throws {
        let sleeper = try Sleeper(holding: Self.image.upperBound)
        defer { sleeper.wake() }
        var verdict = StackScan.look(for: Self.image)
        while case .undecided = verdict { verdict = StackScan.look(for: Self.image) }
        #expect(verdict == .clear)
    }

    @Test(arguments: [
        ("running\n", "undecided"),
        ("", "undecided"),
        ("hidden by a policy\n", "undecided"),
        ("202 0x1 0x2\n", "undecided"),
        ("-1 0x10 0x53570000000g\n", "undecided"),
        // A stack that is nowhere: unmapped meanwhile.
        ("-1 0x10 0x20\n", "undecided"),
        ("202 0x0 0x0 0x0 0x0 0x0 0x0 0x10 0x535700000010\n", "in use"),
        ("202 0x535700000fff 0x0 0x0 0x0 0x0 0x0 0x10 0x20\n", "in use"),
        ("202 0x535700001000 0x0 0x0 0x0 0x0 0x0 0x10 0x20\n", "undecided"),
    ])
    func whatTheKernelSaysDecides(_ line: String, _ expected: String) throws {
        let folder = try TemporaryFolder()
        #expect(mkdir(folder.file("77"), 0o700) == 0)
        try folder.write("worker\n", to: "77/comm")
        try folder.write(line, to: "77/syscall")
        let worker = [ThreadStatus(id: 77, name: "worker")]
        let verdict = StackScan.look(for: Self.image, tasks: folder.path)
        #expect(verdict == (expected == "in use" ? .inUse(worker) : .undecided(worker)))
    }

    /// One whose folder is gone when it is looked into, and one that has ended and waits to be collected.
    @Test func aThreadThatIsGoneIsClear() throws {
        let folder = try TemporaryFolder()
        #expect(symlink(folder.file("absent"), folder.file("76")) == 0)
        #expect(mkdir(folder.file("77"), 0o700) == 0)
        try folder.write("-1 0x0 0x0\n", to: "77/syscall")
        #expect(StackScan.look(for: Self.image, tasks: folder.path) == .clear)
    }

    /// Some kernels and sandboxes do not have the file, or do not let it be read: no thread of theirs may pass for one that
    /// is gone.
    @Test(arguments: [false, true])
    func aKernelThatDoesNotShowThreadsDecidesNothing(_ hasFile: Bool) throws {
        let folder = try TemporaryFolder()
        #expect(mkdir(folder.file("77"), 0o700) == 0)
        // Nobody reads a folder, not even a user whom no permission bits stop.
        if hasFile { #expect(mkdir(folder.file("77/syscall"), 0o700) == 0) }
        #expect(StackScan.look(for: Self.image, tasks: folder.path) == .undecided([ThreadStatus(id: 77, name: "")]))
    }
}

/// A thread that sleeps in read(2) with a word on its stack, far above the stack pointer.
private final class Sleeper: Sendable {
    let id: Int32
    private let thread: SerialThread
    private let ours: Int32
    private let theirs: Int32

    init(holding word: UInt) throws {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
            throw TestSupportError("socketpair: \(errno)")
        }
        (ours, theirs) = (ends[0], ends[1])
        thread = try SerialThread(name: "sleeper")
        thread.enqueue { [theirs] in sleep(under: 300, word, theirs) }
        var number: Int32 = 0
        guard read(ours, &number, 4) == 4 else { throw TestSupportError("read: \(errno)") }
        id = number
    }

    func wake() {
        _ = write(ours, "x", 1)
        _ = thread.finish(within: .max)
        close(ours)
        close(theirs)
    }
}

/// Says over a socket who it is and sleeps there, so many frames of a kilobyte below the one that holds `word`.
@inline(never)
private func sleep(under frames: Int, _ word: UInt, _ socket: Int32) {
    // Over a kilobyte it would be on the heap.
    withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 8) { frame in
        frame.storeBytes(of: word, as: UInt.self)
        if frames > 0 {
            sleep(under: frames - 1, 0, socket)
        } else {
            var number = ThreadStatus.currentID
            var byte: UInt8 = 0
            if write(socket, &number, 4) == 4 { _ = read(socket, &byte, 1) }
        }
        // Read back after the sleep, so that it is there until then.
        precondition(frame.load(as: UInt.self) == word)
    }
}
