import CLinuxShims
package import Compatibility
package import ELFReader
import Glibc
import LinuxSystem
import Synchronization

/// This process's dynamic linker as the closure walk sees it: what is loaded, what the system offers.
///
/// Any thread; one for the process, because it remembers what libraries' files showed.
package final class ProcessLinker: LinkerView, Sendable {
    /// The process has one dynamic linker.
    package static let shared = ProcessLinker()

    package let environment: LinkerEnvironment
    let files: LibraryFiles
    private let loaded: Mutex<LoadedLibraries>
    private let cache = Mutex<(CacheKey, LinkerCache?)?>(nil)
    private let flags: UInt32

    /// When /etc/ld.so.cache was read last.
    private struct CacheKey: Equatable {
        var file: FileIdentity
        var seconds: Int
        var nanoseconds: Int
    }

    /// One that remembers nothing yet: for measurements; everybody else takes `shared`.
    package init() {
        #if arch(arm64)
            let machine: UInt16 = 183
        #else
            let machine: UInt16 = 62
        #endif
        files = LibraryFiles(machine: machine)
        flags = LinkerCache.defaultFlags(machine: machine)
        var libraries = LoadedLibraries()
        libraries.update()
        environment = LinkerEnvironment.ofThisProcess(&libraries)
        loaded = Mutex(libraries)
    }

    package func loaded(as name: String) -> LoadedLibrary? {
        loaded.withLock { libraries in
            libraries.update()
            return libraries.library(named: name)
        }
    }

    package func loaded(from file: FileIdentity) -> LoadedLibrary? {
        loaded.withLock { libraries in
            libraries.update()
            return libraries.library(from: file)
        }
    }

    package func cached(_ name: String) -> String? {
        var status = stat()
        let path = "/etc/ld.so.cache"
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let key = CacheKey(
            file: FileIdentity(status), seconds: status.st_ctim.tv_sec, nanoseconds: status.st_ctim.tv_nsec)
        return cache.withLock { cache in
            if cache?.0 != key { cache = (key, Self.readCache(path)) }
            return cache?.1?.path(of: name, flags: flags, capabilities: environment.capabilities)
        }
    }

    package func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    package func file(at path: String) -> FileAtPath { files.look(at: path) }

    package func image(at path: String, _ identity: FileIdentity) -> Result<ELFImage, LibraryProblem> {
        files.image(at: path, identity)
    }

    package func isCopy(_ path: String, of library: LoadedLibrary) -> Bool {
        guard let identity = library.identity else { return false }
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && FileIdentity(status).size == identity.size && LibraryFiles.areEqual(path, library.path)
    }

    package func global(_ symbol: String, version: String?) -> Bool {
        DynamicLibrary.isGlobal(symbol, version: version)
    }

    package func owner(of symbol: String, version: String?) -> String {
        DynamicLibrary.owner(of: symbol, version: version)
    }

    package func defines(_ symbol: String, version: String?, in library: LoadedLibrary) -> Bool {
        DynamicLibrary.defines(symbol, version: version, in: library.path)
    }

    package func staticThreadLocals() -> StaticThreadLocals? {
        var (total, used, alignment) = (0, 0, 0)
        guard unsafe clinux_static_locals(&total, &used, &alignment) != 0 else { return nil }
        return StaticThreadLocals(total: total, used: used, alignment: alignment)
    }

    /// The newest GLIBCXX_ version of the libstdc++ that is loaded; `nil` without one.
    package var glibcxxVersion: String? { newestVersion("GLIBCXX_3.4") }
    /// The newest CXXABI_ version of the libstdc++ that is loaded; `nil` without one.
    package var cxxabiVersion: String? { newestVersion("CXXABI_1.3") }

    /// The linker that made libstdc++ left a symbol for each version in it.
    private func newestVersion(_ line: String) -> String? {
        guard loaded(as: "libstdc++.so.6") != nil else { return nil }
        let names = (1...99).reversed().map { "\(line).\($0)" } + [line]
        return names.first { global($0, version: $0) }
            .map { String($0[$0.index(after: $0.firstIndex(of: "_") ?? $0.startIndex)...]) }
    }

    /// A cache that cannot be read is none: the dynamic linker goes on to the default folders, too.
    private static func readCache(_ path: String) -> LinkerCache? {
        guard let file = try? FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK),
            let status = try? file.status(of: path), status.st_size <= LinkerCache.sizeLimit,
            let bytes = try? file.read(Int(status.st_size), at: 0, from: path)
        else { return nil }
        // SAFETY: the span borrows the array for the call.
        return unsafe LinkerCache(parsing: bytes.span.bytes)
    }
}
