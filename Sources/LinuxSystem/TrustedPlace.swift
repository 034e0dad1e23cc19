package import Glibc

/// Whether a file, or what lies at its path tomorrow, is in the hands of this user and root alone.
///
/// Owner and mode of the file say who can change it; owner and mode of every folder on the way to it, links included, say
/// who can put another in its place. A list of rights beyond the mode (acl(5)) shows as group rights there.
package enum TrustedPlace {
    /// Who else has a hand in it.
    package struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
        /// The file, folder or link that is at fault.
        package let path: String
        /// A clause: "belongs to the user 1000".
        package let reason: String
        /// What to do, an imperative; `nil` where it is to be kept from the hands of others.
        package let remedy: String?

        package init(path: String, reason: String, remedy: String? = nil) {
            self.path = path
            self.reason = reason
            self.remedy = remedy
        }

        package var description: String { "\(path) \(reason)" }
    }

    /// Follows a path from the root, as open(2) does, and looks at everything on the way.
    ///
    /// A folder that everybody can write to passes on the way where it is sticky, as /tmp is: nobody but the owner of
    /// what lies in it can take that away. It does not pass at the end of the way, since others can add to it.
    ///
    /// - Parameters:
    ///   - path: absolute.
    ///   - user: who is trusted beside root.
    /// - Returns: the path without links.
    @discardableResult
    package static func check(_ path: String, user: uid_t = geteuid()) throws(Fault) -> String {
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw Fault(path: path, reason: "is not an absolute path", remedy: unreachable)
        }
        var rest = components(path)
        var here: [Substring] = []
        var links = 0
        try judge("/", try status(of: "/"), isEnd: rest.isEmpty, user)
        while !rest.isEmpty {
            let name = rest.removeFirst()
            if name == ".." {
                _ = here.popLast()
                continue
            }
            let next = "/" + (here + [name]).joined(separator: "/")
            let status = try status(of: next)
            guard status.st_mode & S_IFMT == S_IFLNK else {
                try judge(next, status, isEnd: rest.isEmpty, user)
                here.append(name)
                continue
            }
            // A link's own mode says nothing, and its owner may point it elsewhere.
            try judge(owner: status, of: next, user)
            links += 1
            guard links <= 40 else {
                throw Fault(path: path, reason: "leads through more than 40 links", remedy: unreachable)
            }
            let target = try self.target(of: next)
            if target.utf8.first == UInt8(ascii: "/") { here = [] }
            rest = components(target) + rest
        }
        return "/" + here.joined(separator: "/")
    }

    /// The same for a folder that need not be there: then whoever can write to the nearest one that is could make it.
    @discardableResult
    package static func check(wouldBe folder: String, user: uid_t = geteuid()) throws(Fault) -> String {
        var place = folder
        var status = stat()
        while place.utf8.count > 1, unsafe lstat(place, &status) != 0, errno == ENOENT || errno == ENOTDIR {
            place = place.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(place[..<$0]) } ?? ""
        }
        return try check(place.isEmpty && folder.utf8.first == UInt8(ascii: "/") ? "/" : place, user: user)
    }

    /// Judges what an open file shows; `path` names it in a fault.
    package static func judge(_ path: String, _ status: stat, user: uid_t = geteuid()) throws(Fault) {
        try judge(path, status, isEnd: true, user)
    }

    private static func judge(_ path: String, _ status: stat, isEnd: Bool, _ user: uid_t) throws(Fault) {
        try judge(owner: status, of: path, user)
        let mode = status.st_mode & 0o7777
        let isSticky = status.st_mode & S_IFMT == S_IFDIR && mode & 0o1000 != 0
        guard mode & 0o022 == 0 || (isSticky && !isEnd) else {
            let octal = String(mode, radix: 8)
            throw Fault(
                path: path,
                reason: "can be written to by \(mode & 0o002 != 0 ? "every user" : "its group") (mode "
                    + String(repeating: "0", count: max(0, 4 - octal.count)) + octal + ")")
        }
    }

    private static func judge(owner status: stat, of path: String, _ user: uid_t) throws(Fault) {
        guard status.st_uid == 0 || status.st_uid == user else {
            throw Fault(path: path, reason: "belongs to the user \(status.st_uid)")
        }
    }

    private static let unreachable = "make it, readable for the host's user, or name another"

    private static func components(_ path: String) -> [Substring] {
        // By bytes, as the kernel does: a mark behind a slash makes one letter of both, and two names of one.
        path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }.filter { $0 != "." }
    }

    private static func status(of path: String) throws(Fault) -> stat {
        var status = stat()
        do throws(SystemError) {
            _ = try retryingOnInterrupt("stat", on: path) { unsafe lstat(path, &status) }
        } catch {
            throw Fault(path: path, reason: "cannot be looked at: \(error)", remedy: unreachable)
        }
        return status
    }

    private static func target(of link: String) throws(Fault) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        do throws(SystemError) {
            // SAFETY: the kernel writes at most as many bytes as it is told that the array has.
            let count = try retryingOnInterrupt("read", on: link) { unsafe readlink(link, &buffer, Int(PATH_MAX)) }
            return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        } catch {
            throw Fault(path: link, reason: "cannot be looked at: \(error)", remedy: unreachable)
        }
    }
}
