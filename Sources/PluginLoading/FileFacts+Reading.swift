package import Compatibility
package import Glibc
package import LinuxSystem

extension FileFacts {
    /// Reads them from the open file itself, so that they belong to the bytes that are read from it.
    ///
    /// Where it lies stays unknown if it was moved or removed meanwhile. Cost: one lstat(2) per folder and one
    /// of the file; a readlink(2) more where the path leads through links.
    package init(of file: borrowing FileDescriptor, _ status: stat, at path: String) {
        let place: FilePlace?
        do throws(SystemError) { place = try FilePlace(of: file, status, openedBy: path) } catch {
            place = nil  // a finding of file.folder, where a policy asks for it
        }
        self.init(
            path: path, permissions: UInt32(status.st_mode & 0o7777), owner: status.st_uid, resolvedPath: place?.path,
            folders: place?.folders.map { Folder(path: $0.path, owner: $0.owner, permissions: $0.permissions) } ?? [])
    }
}
