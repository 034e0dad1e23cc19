import CLinuxShims
import CPluginABI
package import Compatibility
import Glibc
import LinuxSystem
import PluginLoading

extension HostFacts {
    /// The facts of this process, without its plugins.
    package static func current() throws(PluginHostError) -> HostFacts {
        do throws(SystemError) {
            let clang = unsafe String(cString: clinux_clang_version())
            return HostFacts(
                machine: try machineOfThisProcess(),
                glibcVersion: unsafe clinux_glibc_version().map { unsafe String(cString: $0) },
                swiftVersion: SwiftToolchain.compilerVersion,
                clangVersion: String(clang.reversed().drop { $0 == " " }.reversed()),
                swiftRuntime: LoadedObjects.all().contains { $0.name.contains("libswiftCore.so") } ? .dynamic : .static,
                abi: ABIVersion(major: Int(SWB_ABI_MAJOR), minor: Int(SWB_ABI_MINOR)),
                x86Level: clinux_x86_level() > 0 ? Int(clinux_x86_level()) : nil, sanitizers: builtWithSanitizers(),
                glibcxxVersion: ProcessLinker.shared.glibcxxVersion, cxxabiVersion: ProcessLinker.shared.cxxabiVersion,
                staticThreadLocals: ProcessLinker.shared.staticThreadLocals())
        } catch {
            throw .system("\(error)")
        }
    }

    /// e_machine of our own executable (little-endian, as every file that we load): right without naming an architecture.
    private static func machineOfThisProcess() throws(SystemError) -> UInt16 {
        let path = "/proc/self/exe"
        let field = try FileDescriptor(opening: path, O_RDONLY).read(2, at: 18, from: path)
        return UInt16(field[0]) | UInt16(field[1]) << 8
    }

    /// The sanitizers that this process was compiled with.
    private static func builtWithSanitizers() -> [String] {
        // SAFETY: a string literal of the shim.
        let names = unsafe String(cString: clinux_sanitizers())
        return names.split(separator: " ").map(String.init)
    }
}
