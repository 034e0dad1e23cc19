import Glibc
import TestSupport

/// What came of dlopen in a child process.
enum Opening: Equatable {
    /// The image was loaded, or dlopen said why not.
    case loaded, declined
    /// The process did not survive it, and how it ended: by a signal, by the exit code with which the dynamic linker gives
    /// up (127), or not at all.
    case crashed(String)

    /// Opens the image in a child and waits for it; one that has not ended after `seconds` is killed.
    init(_ path: String, within seconds: Int) throws {
        let child = ForkedChild.start()
        guard child >= 0 else { throw TestSupportError("fork failed") }
        if child == 0 {
            Self.forgetSignals()
            var none = rlimit(rlim_cur: 0, rlim_max: 0)
            setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
            let silence = open("/dev/null", O_WRONLY)
            dup2(silence, 1)
            dup2(silence, 2)
            _exit(dlopen(path, RTLD_NOW | RTLD_LOCAL) == nil ? Self.declinedCode : Self.loadedCode)
        }
        guard let status = Self.status(of: child, within: seconds) else {
            self = .crashed("hung")
            return
        }
        let (signal, code) = (status & 0x7f, (status >> 8) & 0xff)
        switch (signal, code) {
        case (0, Self.loadedCode): self = .loaded
        case (0, Self.declinedCode): self = .declined
        case (0, _): self = .crashed("exit \(code)")
        default: self = .crashed("signal \(signal)")
        }
    }

    /// Puts every signal back to its default: this program's runtime has a handler for crashes, which may itself not end.
    private static func forgetSignals() {
        for number in 1..<CInt(32) { signal(number, SIG_DFL) }
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
    }

    /// Reaps the child; `nil` for one that had to be killed.
    ///
    /// No clock of its own is trusted: its code is damaged.
    private static func status(of child: CInt, within seconds: Int) -> CInt? {
        var (status, waited, pause): (CInt, UInt32, UInt32) = (0, 0, 100)
        while true {
            let ended = waitpid(child, &status, WNOHANG)
            if ended == child { return status }
            guard waited < UInt32(seconds) * 1_000_000 else { break }
            usleep(pause)
            waited += pause
            pause = min(pause * 2, 10_000)
        }
        kill(child, SIGKILL)
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        return nil
    }

    // Unlikely codes: a constructor that calls exit(0) has not been loaded.
    private static let loadedCode: CInt = 91
    private static let declinedCode: CInt = 92
}
