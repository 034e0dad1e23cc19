internal import Glibc

/// An image opened by dlopen(3) and nothing else: the baseline of a gated load.
@safe struct BareLibrary: ~Copyable {
    private let handle: UnsafeMutableRawPointer

    /// Opens the image; constructors run.
    init(opening path: String) throws(BenchError) {
        // SAFETY: the C string lives across the call.
        guard let handle = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw .noImage(path: path, reason: dlReason())
        }
        unsafe self.handle = handle
    }

    /// Looks a symbol up.
    ///
    /// - Throws: `BenchError.noImage` where there is none of that name.
    func find(_ symbol: String) throws(BenchError) {
        // SAFETY: the handle is open as long as `self`.
        guard unsafe dlsym(handle, symbol) != nil else { throw .noImage(path: symbol, reason: dlReason()) }
    }

    deinit {
        // SAFETY: opened once, closed once, and no address was kept.
        unsafe dlclose(handle)
    }
}

/// What the dynamic linker has to say of its last failure on this thread.
func dlReason() -> String {
    // SAFETY: dlerror(3)'s text is valid until the next dl* call on this thread, and is copied first.
    unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason given"
}
