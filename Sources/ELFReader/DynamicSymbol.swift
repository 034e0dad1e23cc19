/// One entry of the dynamic symbol table (Elf64_Sym).
package struct DynamicSymbol: Sendable, Equatable {
    /// The name without version suffix.
    package var name: String
    /// ELF64_ST_BIND: 0 local, 1 global, 2 weak, 10 STB_GNU_UNIQUE.
    package var binding: UInt8
    /// ELF64_ST_TYPE: 0 none, 1 object, 2 function, 6 TLS, 10 STT_GNU_IFUNC.
    package var type: UInt8
    /// ELF64_ST_VISIBILITY: 0 default, 1 internal, 2 hidden, 3 protected.
    package var visibility: UInt8
    /// st_shndx: 0 = undefined.
    package var sectionIndex: UInt16
    /// st_value: for a defined function its address in bytes from the load address.
    package var value: UInt64
    /// Whether this image defines the symbol.
    package var isDefined: Bool { sectionIndex != 0 }

    package init(
        name: String, binding: UInt8 = 1, type: UInt8 = 2, visibility: UInt8 = 0, sectionIndex: UInt16,
        value: UInt64 = 0
    ) {
        self.name = name
        self.binding = binding
        self.type = type
        self.visibility = visibility
        self.sectionIndex = sectionIndex
        self.value = value
    }
}
