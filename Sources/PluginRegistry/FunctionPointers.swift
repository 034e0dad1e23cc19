// The one file in which addresses become functions.

/// The C function whose address stands `offset` bytes into `target`.
@inlinable
func function<F>(in target: UnsafeMutableRawPointer, at offset: Int, as type: F.Type) -> F {
    // SAFETY: a pin on `target` is held. `Route.binding` has checked that F is a C function pointer and has reserved the
    // position; `Route.publish` admits only targets that have a function at every reserved position. That the function
    // has type F is the contract between plugin and host, which the gates judge by the export's digest.
    unsafe unsafeBitCast(target.load(fromByteOffset: offset, as: UnsafeRawPointer.self), to: type)
}

/// Whether F is a C function pointer, the only thing that an export's address can be called as.
///
/// A Swift closure is two words; a class reference is one word, too, hence the look at the name that the runtime gives.
func isCFunctionPointer<F>(_ type: F.Type) -> Bool {
    MemoryLayout<F>.size == MemoryLayout<Int>.size && String(reflecting: type).hasPrefix("@convention(c) ")
}
