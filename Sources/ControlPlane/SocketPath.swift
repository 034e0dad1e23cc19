import Glibc
import LinuxSystem

/// Where hosts and clients meet when nobody says otherwise.
public enum SocketPath {
    /// `$SWITCHBOARD_SOCKET`, else `$XDG_RUNTIME_DIR/switchboard/host.sock`, else `/tmp/switchboard-UID/host.sock`.
    ///
    /// - Parameters:
    ///   - environment: the process's variables; empty ones count as absent.
    ///   - user: the effective user id.
    public static func standard(environment: [String: String], user: UInt32) -> String {
        if let path = environment["SWITCHBOARD_SOCKET"], !path.isEmpty { return path }
        if let folder = environment["XDG_RUNTIME_DIR"], folder.hasPrefix("/") {
            return folder + "/switchboard/host.sock"
        }
        return sharedFolder(of: user) + "/host.sock"
    }

    /// Refuses a path that is too long for a socket, and one in the shared /tmp whose folder is not this user's alone: whoever
    /// made it first could listen there and be taken for the host.
    static func check(_ path: String, user: UInt32) throws(ControlError) {
        do throws(UnixSocketError) { try UnixListener.checkLength(of: path) } catch { throw ControlError(error) }
        let folder = sharedFolder(of: user)
        guard path.hasPrefix(folder + "/") else { return }
        var status = stat()
        if unsafe lstat(folder, &status) != 0 { return }  // absent: connecting will say so
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == user, status.st_mode & 0o077 == 0 else {
            throw .unusablePath(
                "\(folder) is not a folder of yours with mode 0700; set SWITCHBOARD_SOCKET to another path")
        }
    }

    /// Makes the missing folders above a socket with mode 0700; those that are there stay as they are.
    static func makeFolders(above path: String) throws(ControlError) {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw .unusablePath("a socket's path must be absolute: \(path)")
        }
        try check(path, user: geteuid())
        let parts = path.split(separator: "/").dropLast()
        var folder = ""
        for part in parts {
            folder += "/" + part
            var status = stat()
            if unsafe stat(folder, &status) == 0 { continue }
            do throws(SystemError) {
                try PrivateFolder.make(folder)
            } catch {
                throw .unusablePath("\(error); choose a socket in a folder that you can write to")
            }
        }
    }

    private static func sharedFolder(of user: UInt32) -> String { "/tmp/switchboard-\(user)" }
}
