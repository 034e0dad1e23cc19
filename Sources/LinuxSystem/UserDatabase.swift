import Glibc

/// The users that this system knows (passwd(5) and whatever nsswitch.conf(5) adds).
package enum UserDatabase {
    /// The user that this process acts as.
    package static var ownUser: UInt32 { geteuid() }

    /// The number of a user; `nil` where nobody has that name.
    package static func uid(of name: String) throws(SystemError) -> UInt32? {
        var buffer = [CChar](repeating: 0, count: 16 * 1024)
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>? = nil
        // SAFETY: all four are this function's alone and outlive the call; only a number is taken out of the entry.
        let code = unsafe getpwnam_r(name, &entry, &buffer, buffer.count, &found)
        // getpwnam_r(3), "ERRORS": these too stand for "no such user", depending on the source that was asked.
        if ![0, ENOENT, ESRCH, EBADF, EPERM].contains(code) {
            throw SystemError("look up user", on: name, errno: code)
        }
        return unsafe found == nil ? nil : entry.pw_uid
    }
}
