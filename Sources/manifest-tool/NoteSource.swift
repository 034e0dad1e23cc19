import CPluginABI

/// The Swift source of one constant that the compiler lays out as the ELF note "Switchboard", type 0x5357.
///
/// The constant is a tuple, because that is what `@section` accepts (no strings, no expressions): three header words, the
/// owner, and the descriptor's bytes in as many `InlineArray`s as the compiler's limit per literal asks for. All its parts
/// are `UInt32` or arrays of `UInt8`, so it has no gaps and the arrays join into one descriptor.
struct NoteSource {
    /// The whole file's text.
    let text: String

    /// The most elements that the compiler (6.3) folds into one constant `InlineArray`.
    private static let literalLimit = 4096

    /// Creates the source for a descriptor; it is padded with NULs to a multiple of 4, and so is descsz, because readelf
    /// calls a note corrupt whose descriptor ends before its padding does.
    init(descriptor: [UInt8]) {
        let owner = Self.padded(Array(SWB_NOTE_OWNER.utf8) + [0])
        let descriptor = Self.padded(descriptor + [0])
        let pieces = stride(from: 0, to: descriptor.count, by: Self.literalLimit).map {
            Array(descriptor[$0..<min($0 + Self.literalLimit, descriptor.count)])
        }
        let types = ["UInt32", "UInt32", "UInt32"] + ([owner] + pieces).map { "InlineArray<\($0.count), UInt8>" }
        let header = [SWB_NOTE_OWNER.utf8.count + 1, descriptor.count, Int(SWB_NOTE_TYPE)]
        let values = header.map(String.init) + ([owner] + pieces).map(\.description)
        text = """
            // Written by manifest-tool from plugin.manifest.
            @section(".note.switchboard") @used
            private let switchboardManifestNote: (
                \(types.joined(separator: ", "))
            ) = (
                \(values.joined(separator: ",\n    "))
            )

            """
    }

    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + Array(repeating: 0, count: (4 - bytes.count % 4) % 4)
    }
}
