import Glibc
import LinuxSystem

/// All bytes of a file, or of a pipe (`<(plugctl facts)`), to its end.
///
/// - Throws: `CommandFailure` where it cannot be read, or holds more than `limit` bytes.
func bytes(ofFile path: String, limit: Int) throws(CommandFailure) -> [UInt8] {
    let file: FileDescriptor
    do throws(SystemError) {
        file = try FileDescriptor(opening: path, O_RDONLY)
    } catch {
        throw CommandFailure(code: "system", message: error.description, exit: 1)
    }
    return try bytes(of: file.raw, named: path, limit: limit)
}

/// All bytes that come from an open descriptor, to its end.
///
/// - Throws: `CommandFailure` where reading fails, or more than `limit` bytes come.
func bytes(of descriptor: Int32, named subject: String, limit: Int) throws(CommandFailure) -> [UInt8] {
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    do throws(SystemError) {
        while true {
            let count = try retryingOnInterrupt("read", on: subject) {
                // SAFETY: the buffer has `buffer.count` bytes and is borrowed for the call.
                unsafe read(descriptor, &buffer, buffer.count)
            }
            if count == 0 { return text }
            text += buffer[..<count]
            guard text.count <= limit else { break }
        }
    } catch {
        throw CommandFailure(code: "system", message: error.description, exit: 1)
    }
    throw CommandFailure(code: "request.too-long", message: "\(subject) has more than \(limit) bytes", exit: 2)
}
