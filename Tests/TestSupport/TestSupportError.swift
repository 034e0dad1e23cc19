import Glibc

/// Why something that a test needs could not be had; the test fails with this sentence.
package struct TestSupportError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }

    /// A failed system call: `number` is its errno, or the error number that it returned.
    static func systemCall(_ what: String, _ number: CInt) -> TestSupportError {
        TestSupportError("\(what): \(String(cString: strerror(number)))")
    }
}
