/// What host and plugin agree on: everything that the exports of one C header reach, for one target.
///
/// A snapshot is its text; the digest of an export is over the part of it that the export reaches.
package struct Contract: Sendable, Equatable {
    /// The header's file name, without its folder.
    package var header: String
    /// The triple that sizes and offsets are for: `x86_64-unknown-linux-gnu`.
    package var target: String
    /// Every exported function by its symbol.
    package var exports: [String: Export]
    /// Every named struct, union and enum that an export or a callback reaches.
    package var types: [TypeName: TypeDefinition]
    /// The header's typedefs of functions and function pointers, by name: what a plugin is handed, or hands out.
    package var callbacks: [String: CType]
    /// The header's integer constants that belong to no type: object-like macros and enumerators of unnamed enums.
    package var constants: [String: Int128]
    /// Types that are declared inside another: inner to outer.
    ///
    /// C knows no such thing; C++ calls them by both names, so the type header has to.
    package var nested: [TypeName: TypeName]
    /// Whether what it reaches is spelled with `wchar_t` somewhere.
    ///
    /// In types and digests it is the integer that it is on the target; a compiler's options may make it another.
    package var usesWideCharacters: Bool
    /// The exports that were asked for; empty is all.
    package var only: Set<String>
    /// The exports and constants that were left out.
    package var except: Set<String>

    package init(
        header: String, target: String, exports: [String: Export] = [:], types: [TypeName: TypeDefinition] = [:],
        callbacks: [String: CType] = [:], constants: [String: Int128] = [:], nested: [TypeName: TypeName] = [:],
        usesWideCharacters: Bool = false, only: Set<String> = [], except: Set<String> = []
    ) {
        self.header = header
        self.target = target
        self.exports = exports
        self.types = types
        self.callbacks = callbacks
        self.constants = constants
        self.nested = nested
        self.usesWideCharacters = usesWideCharacters
        self.only = only
        self.except = except
    }

    /// The type of one exported function.
    package enum Export: Sendable, Hashable {
        /// Declared through `swb_message_v1` of switchboard.h: bytes in, bytes out; its type is the word `message`.
        case message
        case function(CType.Function)
    }
}
