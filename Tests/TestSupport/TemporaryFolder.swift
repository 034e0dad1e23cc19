import Glibc

/// A new empty folder (mode 0700) that is removed with all it holds when the last reference to it goes.
///
/// Keep the folder in a variable for as long as its files are needed: `withExtendedLifetime` where only paths are used
/// after the last mention of it.
package final class TemporaryFolder: Sendable {
    /// The folder's absolute path.
    package let path: String

    /// Makes the folder under `$TMPDIR`, else under `/tmp`.
    package init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/switchboard-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestSupportError.systemCall("mkdtemp in \(parent)", errno) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { Self.remove(path) }

    /// The absolute path of `name` in this folder; the file need not exist.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file of this folder, replacing its content where it exists, and returns its absolute path.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String, mode: UInt32 = 0o755) throws -> String {
        let path = file(name)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw TestSupportError.systemCall("open \(path)", errno) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw TestSupportError.systemCall("write \(path)", errno) }
            rest.removeFirst(count)
        }
        return path
    }

    /// Writes a text file of this folder and returns its absolute path.
    @discardableResult
    package func write(_ text: String, to name: String, mode: UInt32 = 0o644) throws -> String {
        try write(Array(text.utf8), to: name, mode: mode)
    }

    /// Removes a file, or a folder with all it holds.
    ///
    /// Links are not followed. What cannot be removed stays: a test must not fail over its litter.
    private static func remove(_ path: String) {
        guard unlink(path) != 0, errno == EISDIR, let folder = opendir(path) else { return }
        var names: [String] = []
        while let entry = readdir(folder) {
            // The name is as long as the record says, not as the declared array does: read it through its address.
            guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { break }
            let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            names.append(String(cString: name))
        }
        closedir(folder)
        for name in names where name != "." && name != ".." { remove("\(path)/\(name)") }
        rmdir(path)
    }
}
