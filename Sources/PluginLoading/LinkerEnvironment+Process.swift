import CLinuxShims
import Compatibility
import Glibc
import LinuxSystem

extension LinkerEnvironment {
    /// What this process's dynamic linker goes by.
    static func ofThisProcess(_ libraries: inout LoadedLibraries) -> LinkerEnvironment {
        let libc = libraries.library(named: "libc.so.6")?.path ?? "/lib/libc.so.6"
        let platform = unsafe clinux_platform().map { unsafe String(cString: $0) } ?? "x86_64"
        let library = folder(ofLibraryC: libc)
        var result = LinkerEnvironment(
            defaultFolders: library.contains("/")
                ? ["/\(library)", "/usr/\(library)", "/lib", "/usr/lib"] : ["/\(library)", "/usr/\(library)"],
            subfolders: subfolders(platform), library: library, platform: platform)
        let program = (try? programFolder()) ?? nil  // without one, what needs $ORIGIN is passed over
        func expanded(_ path: String, _ separators: String) -> [String] {
            split(path, separators: separators).compactMap { result.expand($0, origin: program) }
        }
        result.programPath = libraries.programPath.map { expanded($0, ":") } ?? []
        if clinux_is_secure() == 0, let path = libraryPathAtStart(), !path.isEmpty {
            result.libraryPath = expanded(path, ":;")
        }
        return result
    }

    /// The `glibc-hwcaps` folders of this machine, best first.
    var capabilities: [String] {
        let prefix = "glibc-hwcaps/"
        return subfolders.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }

    /// Where the C library lies tells how this system's glibc was configured: "lib/x86_64-linux-gnu", "lib64".
    private static func folder(ofLibraryC path: String) -> String {
        var parts = path.split(separator: "/").dropLast()
        if parts.first == "usr" { parts = parts.dropFirst() }
        return parts.isEmpty ? "lib" : parts.joined(separator: "/")
    }

    /// The folders of this machine's capabilities, and those of the mechanism that glibc 2.37 dropped.
    private static func subfolders(_ platform: String) -> [String] {
        let levels = ["x86-64-v2", "x86-64-v3", "x86-64-v4"].prefix(max(0, Int(clinux_x86_level()) - 1))
        let version = unsafe clinux_glibc_version().map { unsafe String(cString: $0) } ?? ""
        let minor = version.split(separator: ".").dropFirst().first.flatMap { Int($0) } ?? 37
        let plain = ["\(platform)/\(platform)", platform]
        let legacy = minor < 37 ? plain.map { "tls/\($0)" } + ["tls"] + plain : []
        return levels.reversed().map { "glibc-hwcaps/\($0)" } + legacy
    }

    private static func programFolder() throws(SystemError) -> String? {
        var buffer = [UInt8](repeating: 0, count: pathBytes)
        let count = try retryingOnInterrupt("read", on: "/proc/self/exe") {
            // SAFETY: the kernel writes at most `count` bytes into storage that is ours for the call.
            unsafe buffer.withUnsafeMutableBytes { bytes in
                guard let start = bytes.baseAddress else { return 0 }
                return unsafe readlink("/proc/self/exe", start.assumingMemoryBound(to: CChar.self), bytes.count)
            }
        }
        let path = buffer.prefix(count)
        return path.lastIndex(of: UInt8(ascii: "/")).map { String(decoding: path[..<$0], as: UTF8.self) }
    }

    private static let pathBytes = 4096

    /// LD_LIBRARY_PATH as the dynamic linker saw it: setenv(3) later changes nothing for it.
    private static func libraryPathAtStart() -> String? {
        guard let bytes = try? ProcFile.read("/proc/self/environ", limit: 8 << 20) else {
            // SAFETY: the text is copied at once.
            return unsafe getenv("LD_LIBRARY_PATH").map { unsafe String(cString: $0) }
        }
        let prefix = Array("LD_LIBRARY_PATH=".utf8)
        return bytes.split(separator: 0).first { $0.starts(with: prefix) }
            .map { String(decoding: $0.dropFirst(prefix.count), as: UTF8.self) }
    }
}
