import Glibc
import TestSupport

/// What came of dlopen in a child process.
enum Opening: Equatable {
    /// The image was loaded, or dlopen said why not.
    case loaded, declined
    /// The process did not survive it: signal, or the exit code with which the dynamic linker gives up (127).
    case crashed(String)

    /// Opens the image in a child and waits for it; a child that hangs is ended by its own clock.
    init(_ path: String) throws {
        let child = ForkedChild.start()
        guard child >= 0 else { throw TestSupportError("fork failed") }
        if child == 0 {
            var none = rlimit(rlim_cur: 0, rlim_max: 0)
            setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
            let silence = open("/dev/null", O_WRONLY)
            dup2(silence, 1)
            dup2(silence, 2)
            alarm(5)
            _exit(dlopen(path, RTLD_NOW | RTLD_LOCAL) == nil ? Self.declinedCode : Self.loadedCode)
        }
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        let (signal, code) = (status & 0x7f, (status >> 8) & 0xff)
        switch (signal, code) {
        case (0, Self.loadedCode): self = .loaded
        case (0, Self.declinedCode): self = .declined
        case (0, _): self = .crashed("exit \(code)")
        case (SIGALRM, _): self = .crashed("hung")
        default: self = .crashed("signal \(signal)")
        }
    }

    // Unlikely codes: a constructor that calls exit(0) has not been loaded.
    private static let loadedCode: CInt = 91
    private static let declinedCode: CInt = 92
}
