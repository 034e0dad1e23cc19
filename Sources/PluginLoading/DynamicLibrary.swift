import CLinuxShims
import Glibc

/// The one caller of dlopen, dlsym and dlclose.
///
/// Opening only on the loader thread; questions on any. dlerror(3) is per thread and says each failure once.
@safe struct DynamicLibrary: ~Copyable {
    private let handle: UnsafeMutableRawPointer
    private let isResident: Bool

    /// Opens an image: constructors run now.
    ///
    /// RTLD_NOW, because a symbol found missing at a call would end the process; RTLD_LOCAL, because two plugins may
    /// define the same name; RTLD_NODELETE for what must never be unmapped.
    ///
    /// - Parameter path: an image's absolute path, which the dynamic linker does not know; or the name of a library of
    ///   the system's, which it looks up as for DT_NEEDED.
    init(opening path: String, isResident: Bool) throws(LoadingError) {
        let mode = RTLD_NOW | RTLD_LOCAL | (isResident ? RTLD_NODELETE : 0)
        // SAFETY: a null-terminated path; what the image's constructors do is the plugin's promise.
        guard let handle = unsafe dlopen(path, mode) else {
            throw .refusedByLinker(path: path, reason: Self.lastError())
        }
        unsafe self.handle = handle
        self.isResident = isResident
    }

    /// The address of a symbol in this image or in one that it needs; the caller checks which.
    func address(of symbol: String) -> UInt? {
        // SAFETY: the handle is open as long as `self`.
        unsafe dlsym(handle, symbol).map { UInt(bitPattern: $0) }
    }

    /// Whether the dynamic linker still knows an object of that name.
    ///
    /// Opens nothing (RTLD_NOLOAD).
    static func isLoaded(_ path: String) -> Bool {
        guard let handle = unsafe dlopen(path, RTLD_LAZY | RTLD_NOLOAD) else {
            _ = lastError()
            return false
        }
        // SAFETY: gives back the reference that the question took.
        unsafe dlclose(handle)
        return true
    }

    /// Whether the process as a whole has a symbol (RTLD_DEFAULT): a fraction of a microsecond.
    static func isGlobal(_ symbol: String, version: String?) -> Bool {
        // SAFETY: terminated texts.
        unsafe find(symbol, version, in: nil, nil)
    }

    /// The path of the object that the process as a whole has a symbol from, "" where that is not known.
    ///
    /// Goes through the loaded objects: for the few symbols whose owner matters.
    static func owner(of symbol: String, version: String?) -> String {
        var owner: UnsafePointer<CChar>?
        // SAFETY: terminated texts; the owner's name is copied while the object is still loaded.
        guard unsafe find(symbol, version, in: nil, &owner) else { return "" }
        return unsafe owner.map { unsafe String(cString: $0) } ?? ""
    }

    /// Whether a loaded object, or one that it needs, defines a symbol.
    ///
    /// Opens nothing (RTLD_NOLOAD).
    static func defines(_ symbol: String, version: String?, in path: String) -> Bool {
        guard let handle = unsafe dlopen(path, RTLD_LAZY | RTLD_NOLOAD) else {
            _ = lastError()
            return false
        }
        // SAFETY: gives back the reference that the question took.
        defer { unsafe dlclose(handle) }
        return unsafe find(symbol, version, in: handle, nil)
    }

    @unsafe private static func find(
        _ symbol: String, _ version: String?, in handle: UnsafeMutableRawPointer?,
        _ owner: UnsafeMutablePointer<UnsafePointer<CChar>?>?
    ) -> Bool {
        // Lent, as texts passed for pointers would be copied to the heap first.
        unsafe symbol.withCString { symbol in
            guard let version else { return unsafe clinux_find_symbol(handle, symbol, nil, owner) != 0 }
            return unsafe version.withCString { unsafe clinux_find_symbol(handle, symbol, $0, owner) != 0 }
        }
    }

    /// Gives the image back to the dynamic linker, which unmaps it if nothing else needs it; a resident one stays.
    ///
    /// Not a `deinit`: a forgotten library must stay mapped, since somebody may be inside. The caller drained first.
    consuming func close() {
        // SAFETY: opened once, closed once, and nobody is inside or holds an address.
        if !isResident { unsafe dlclose(handle) }
    }

    private static func lastError() -> String {
        // SAFETY: dlerror's text is valid until the next dl* call on this thread, and is copied first.
        guard let text = unsafe dlerror() else { return "no reason given" }
        return unsafe String(cString: text)
    }
}
