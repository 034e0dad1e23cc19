import Glibc

/// The programs of this package as they were built, beside the test program.
package enum BuiltProgram {
    /// Where the one of that name lies.
    package static func path(_ name: String) -> String { folder + "/" + name }

    /// The kernel knows the test program's own path.
    private static let folder: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let program = String(decoding: buffer[..<max(count, 0)].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return program.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    }()
}
