import Dispatch
import Glibc

/// A child made with fork(2), which a test waits for, but not for ever.
package enum ForkedChild {
    /// fork(2), which Glibc's module declares unavailable, because a child must not use most of what its parent had: it
    /// ends by `_exit`.
    package static func start() -> Int32 {
        guard let address = dlsym(nil, "fork") else { return -1 }
        return unsafeBitCast(address, to: (@convention(c) () -> Int32).self)()
    }

    /// Waits for the child, and reaps it; one that hangs is killed.
    ///
    /// - Returns: its exit code.
    /// - Throws: `TestSupportError` where it had not ended after `seconds`, or was ended by a signal.
    package static func exitCode(of child: Int32, within seconds: Int = 60) throws -> Int32 {
        guard child > 0 else { throw TestSupportError("fork failed: there is no child to wait for") }
        let ended = DispatchSemaphore(value: 0)
        // WNOWAIT: nobody but us reaps it, so its number is still its own when it is killed.
        DispatchQueue(label: "waits for a child").async {
            var information = siginfo_t()
            while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
            ended.signal()
        }
        let isHanging = ended.wait(timeout: .now() + .seconds(seconds)) == .timedOut
        if isHanging {
            kill(child, SIGKILL)
            ended.wait()
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        guard !isHanging else {
            throw TestSupportError("the forked child \(child) hung: it was killed after \(seconds) s")
        }
        guard status & 0x7f == 0 else {
            throw TestSupportError("the forked child \(child) was ended by signal \(status & 0x7f)")
        }
        return (status >> 8) & 0xff
    }
}
