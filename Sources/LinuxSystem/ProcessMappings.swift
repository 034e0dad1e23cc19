import Glibc

/// How many memory mappings this process has, and may have.
package enum ProcessMappings {
    /// The lines of /proc/self/maps; 0 where it cannot be read.
    package static func count() -> Int {
        bytes(of: "/proc/self/maps").count { $0 == UInt8(ascii: "\n") }
    }

    /// vm.max_map_count (proc(5)); 65,530, the kernel's default, where it cannot be read.
    package static func limit() -> Int {
        let text = String(decoding: bytes(of: "/proc/sys/vm/max_map_count"), as: UTF8.self)
        return Int(text.prefix { $0.isNumber }) ?? 65_530
    }

    private static func bytes(of path: String) -> [UInt8] {
        // SAFETY: the path lives across the call.
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            // SAFETY: read(2) writes at most `count` bytes into the array, which lives across the call.
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
            guard count > 0 else { return all }
            all += chunk[..<count]
        }
    }
}
