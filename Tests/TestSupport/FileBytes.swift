import Glibc

/// Reads a whole file.
package func readFile(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw TestSupportError.systemCall("open \(path)", errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw TestSupportError.systemCall("fstat \(path)", errno) }

    let expected = Int(status.st_size)
    return try [UInt8](unsafeUninitializedCapacity: expected) { buffer, count in
        while count < expected {
            let got = read(descriptor, buffer.baseAddress?.advanced(by: count), expected - count)
            guard got >= 0 else { throw TestSupportError.systemCall("read \(path)", errno) }
            guard got > 0 else { throw TestSupportError("\(path) shrank while it was read") }
            count += got
        }
    }
}
