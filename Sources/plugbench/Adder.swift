internal import Glibc
internal import PluginRegistry

/// The exported function that is called, a real one behind the dynamic linker.
typealias Add = @convention(c) (Int32, Int32) -> Int32

/// The plugin, opened bare: what is measured here is the call alone.
///
/// It stays open until the process ends.
@safe struct Adder: @unchecked Sendable {
    // SAFETY: of @unchecked: an address in an image that is never closed.
    let address: UnsafeMutableRawPointer

    init(path: String) throws(BenchError) {
        // SAFETY: the C strings live across the calls; dlerror(3) is copied before any other dl call.
        let image = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL)
        guard let image = unsafe image else { throw .noImage(path: path, reason: dlReason()) }
        let symbol = unsafe dlsym(image, "add")
        guard let symbol = unsafe symbol else { throw .noImage(path: path, reason: dlReason()) }
        unsafe address = unsafe symbol
    }

    /// The function itself, the measure of everything else.
    var function: Add {
        // SAFETY: the contract of Plugins/Adder.
        unsafe unsafeBitCast(address, to: Add.self)
    }

    /// A target that leads to it; `instance` is a number that is never used as an address.
    func target(generation: Int, instance: UInt = 0) -> Target {
        unsafe Target(
            functions: [address], instance: UnsafeMutableRawPointer(bitPattern: instance), context: nil,
            generation: generation, numbering: "adder")
    }
}
