import Glibc
import Testing

/// How a failed precondition ends a process. (An error that a test throws ends it with an exit code.)
#if arch(x86_64)
    let trap = ExitTest.Condition.signal(SIGILL)
#else
    let trap = ExitTest.Condition.signal(SIGTRAP)
#endif
