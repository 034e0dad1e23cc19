import CLinuxShims
import Compatibility
import Glibc

/// The names under which the dynamic linker would find what it has loaded already.
///
/// Kept up to date by reading only what was added since: a host of a thousand plugins asks once per plugin.
struct LoadedLibraries {
    /// The main program's DT_RPATH; `nil` where it has none, or a DT_RUNPATH.
    private(set) var programPath: String?
    /// By the dynamic linker's own name for them, and by DT_SONAME: certain answers.
    private var named: [String: Int] = [:]
    /// By the last part of a path: the name under which it was searched for, or not.
    private var suspected: [String: Int] = [:]
    private var libraries: [LoadedLibrary] = []
    private var identities: [FileIdentity: Int] = [:]
    private var identified = 0
    private var counts = clinux_object_counts()

    /// Reads what is new; all, where anything was unloaded.
    mutating func update() {
        let now = clinux_count_objects()
        if now.added == counts.added && now.removed == counts.removed { return }
        if now.removed != counts.removed { self = LoadedLibraries() }
        // SAFETY: `self` outlives the call, which visits on this thread only; texts are copied.
        unsafe withUnsafeMutablePointer(to: &self) { libraries in
            unsafe clinux_visit_libraries(libraries.pointee.libraries.count, libraries) { context, library in
                guard let context = unsafe context else { return }
                unsafe context.assumingMemoryBound(to: LoadedLibraries.self).pointee.add(library.pointee)
            }
        }
        counts = now
    }

    private mutating func add(_ library: clinux_library) {
        let index = libraries.count
        let path = unsafe String(cString: library.name)
        if index == 0 { programPath = unsafe library.rpath.map { unsafe String(cString: $0) } }
        let buildID = unsafe UnsafeBufferPointer(start: library.build_id, count: library.build_id_size)
        libraries.append(LoadedLibrary(path: path, buildID: unsafe Array(buildID)))
        guard !path.isEmpty else { return }
        if named[path] == nil { named[path] = index }
        if let soname = unsafe library.soname.map({ unsafe String(cString: $0) }), named[soname] == nil {
            named[soname] = index
        }
        if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) {
            let base = String(path[path.index(after: slash)...])
            if suspected[base] == nil { suspected[base] = index }
        }
    }

    /// The object that the dynamic linker takes for a name without looking at any file.
    mutating func library(named name: String) -> LoadedLibrary? {
        if let index = named[name] { return identify(index) }
        // An object may have a further name, under which it was searched for: only the dynamic linker knows.
        guard let index = suspected[name], DynamicLibrary.isLoaded(name) else { return nil }
        return identify(index)
    }

    /// The object whose path leads to a file.
    mutating func library(from file: FileIdentity) -> LoadedLibrary? {
        while identified < libraries.count {
            if let identity = identify(identified).identity, identities[identity] == nil {
                identities[identity] = identified
            }
            identified += 1
        }
        return identities[file].map { libraries[$0] }
    }

    private mutating func identify(_ index: Int) -> LoadedLibrary {
        var status = stat()
        if libraries[index].identity == nil, !libraries[index].path.isEmpty,
            unsafe stat(libraries[index].path, &status) == 0
        {
            libraries[index].identity = FileIdentity(status)
        }
        return libraries[index]
    }
}
