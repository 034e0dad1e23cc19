/// What one machine's relocation types do, as far as glibc acts on them while it loads (psABI of the machine).
struct RelocationKinds {
    /// What a relocation writes where.
    enum Effect {
        /// Nothing.
        case none
        /// Load address + addend.
        case relative
        /// The result of calling the function at load address + addend.
        case indirect
        /// A symbol's address + addend.
        case address
        /// A symbol's address into the global offset table, whose entries are aligned.
        case tableEntry
        /// As many bytes as the symbol has, copied from its definition.
        case copy
        /// A thread-local variable's module or offset.
        case threadLocal
        /// Something else of a symbol's value.
        case other
    }

    /// The effect and the number of bytes written; `nil` for a type that the machine does not have.
    let effect: (UInt32) -> (Effect, UInt64)?

    /// The types of the machine with this e_machine; `nil` for one that the reader does not know.
    init?(machine: UInt16) {
        switch machine {
        case 62: effect = Self.x86
        case 183: effect = Self.arm
        default: return nil
        }
    }

    private static func x86(_ type: UInt32) -> (Effect, UInt64)? {
        switch type {
        case 0: (.none, 0)  // R_X86_64_NONE
        case 1: (.address, 8)  // 64
        case 6, 7: (.tableEntry, 8)  // GLOB_DAT, JUMP_SLOT
        case 5: (.copy, 0)  // COPY
        case 8, 38: (.relative, 8)  // RELATIVE, RELATIVE64
        case 16, 17, 18: (.threadLocal, 8)  // DTPMOD64, DTPOFF64, TPOFF64
        case 36: (.threadLocal, 16)  // TLSDESC
        case 37: (.indirect, 8)  // IRELATIVE
        case 14, 15: (.other, 1)  // 8, PC8
        case 12, 13: (.other, 2)  // 16, PC16
        case 2, 10, 11, 32: (.other, 4)  // PC32, 32, 32S, SIZE32
        case 24, 33: (.other, 8)  // PC64, SIZE64
        default: nil
        }
    }

    private static func arm(_ type: UInt32) -> (Effect, UInt64)? {
        switch type {
        case 0, 256: (.none, 0)  // R_AARCH64_NONE
        case 257: (.address, 8)  // ABS64
        case 1025, 1026: (.tableEntry, 8)  // GLOB_DAT, JUMP_SLOT
        case 258, 261: (.other, 4)  // ABS32, PREL32
        case 260: (.other, 8)  // PREL64
        case 1024: (.copy, 0)  // COPY
        case 1027: (.relative, 8)  // RELATIVE
        case 1028, 1029, 1030: (.threadLocal, 8)  // TLS_DTPMOD, TLS_DTPREL, TLS_TPREL
        case 1031: (.threadLocal, 16)  // TLSDESC
        case 1032: (.indirect, 8)  // IRELATIVE
        default: nil
        }
    }
}
