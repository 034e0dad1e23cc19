package import Compatibility
import Glibc
package import LinuxSystem

/// The public keys whose signatures a host takes: the `*.pub` files of one folder.
///
/// Read anew each time, so that a key that is added or taken away counts from the next load on. One file that is broken,
/// or that somebody else could have written, makes the whole folder unusable: nobody can tell what it was meant to be.
package struct KeyFolder: Sendable {
    /// The keys by id.
    package let keys: [MinisignKeyID: MinisignPublicKey]

    /// What to do where others have a hand in it.
    package static let keptFromOthers =
        "give the key folder and its files to the host's user or root, and let nobody else write to them"
    private static let countLimit = 1000

    /// Reads the folder.
    ///
    /// - Throws: `TrustedPlace.Fault`, which names the file or folder, also where it cannot be read.
    package init(reading folder: String) throws(TrustedPlace.Fault) {
        let folder = try TrustedPlace.check(folder)
        let names: [String]
        do throws(SystemError) { names = try PrivateFolder.names(in: folder) } catch {
            throw .init(
                path: folder, reason: "cannot be read: \(error)",
                remedy: "make it a folder that the host's user can read")
        }
        let files = names.filter { $0.hasSuffix(".pub") }.map { "\(folder)/\($0)" }
        guard files.count <= Self.countLimit else {
            throw .init(
                path: folder, reason: "holds \(files.count) keys, the limit is \(Self.countLimit)",
                remedy: "keep those in it that sign for this host")
        }
        var keys: [MinisignKeyID: MinisignPublicKey] = [:]
        for file in files {
            let key = try Self.key(in: file)
            if let other = keys[key.id], other != key {
                throw .init(
                    path: file, reason: "has the id \(key.id), as another key in the folder has",
                    remedy: "take away the one that is not the signer's")
            }
            keys[key.id] = key
        }
        self.keys = keys
    }

    /// The ids, sorted, as minisign shows them.
    package var ids: [String] { keys.keys.map(\.description).sorted() }

    private static func key(in file: String) throws(TrustedPlace.Fault) -> MinisignPublicKey {
        let (status, bytes): (stat, [UInt8])
        do throws(SystemError) {
            // A link is refused (ELOOP): what it leads to is under the rules of another folder.
            let descriptor = try FileDescriptor(opening: file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
            status = try descriptor.status(of: file)
            guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError("read", on: file, errno: EINVAL) }
            // One byte more tells a file that is too long.
            bytes = try descriptor.read(atMost: MinisignPublicKey.sizeLimit + 1, from: file)
        } catch {
            throw .init(
                path: file, reason: "cannot be read: \(error)",
                remedy: "put the key itself there, a file that the host's user can read, or take it away")
        }
        try TrustedPlace.judge(file, status)
        do throws(MinisignError) { return try MinisignPublicKey(parsing: bytes) } catch {
            throw .init(
                path: file, reason: "is no public key of minisign's: \(error)",
                remedy: "put the whole text of minisign's .pub file there, or take it away")
        }
    }
}
