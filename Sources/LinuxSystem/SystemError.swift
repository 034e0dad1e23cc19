import Glibc

/// A system call that failed: what was tried, on what, and the kernel's reason.
package struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The operation as a verb: "open", "map".
    package let operation: String
    /// What it was tried on: a path mostly.
    package let subject: String
    /// errno right after the call.
    package let code: Int32

    /// Keeps a failure that was read from errno by the caller.
    package init(_ operation: String, on subject: String, errno code: Int32) {
        self.operation = operation
        self.subject = subject
        self.code = code
    }

    /// "cannot open /tmp/x: No such file or directory (errno 2)".
    package var description: String {
        "cannot \(operation) \(subject): \(Self.text(of: code)) (errno \(code))"
    }

    private static func text(of code: Int32) -> String {
        // SAFETY: since glibc 2.32 strerror(3) answers from thread-local storage; the text is copied before anything
        // else can call it on this thread.
        guard let text = unsafe strerror(code) else { return "unknown" }
        return unsafe String(cString: text)
    }
}

/// Repeats `call` while a signal interrupts it, and reads errno in the same place as the call.
///
/// - Throws: `SystemError` where the call answers -1 for another reason than EINTR.
package func retryingOnInterrupt<Result: FixedWidthInteger & SignedInteger>(
    _ operation: String, on subject: @autoclosure () -> String, _ call: () -> Result
) throws(SystemError) -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        let code = errno
        if code != EINTR { throw SystemError(operation, on: subject(), errno: code) }
    }
}
