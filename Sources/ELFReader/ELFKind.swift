/// What an ELF file is for.
package enum ELFKind: Sendable, Equatable {
    /// What dlopen takes.
    case sharedObject
    /// A program with the type of a shared object (DF_1_PIE), which dlopen refuses.
    case positionIndependentExecutable
    /// A program with addresses of its own (ET_EXEC).
    case executable
    /// What a compiler makes of one source file (ET_REL).
    case object
    /// The memory of a process that ended (ET_CORE).
    case core
    /// The symbols of another file, with its tables and without its code and data.
    case debugFile
    /// A type that the format leaves to systems and processors.
    case other(UInt16)

    /// Whether what the dynamic linker reads of a shared object is there: its problems are problems only then.
    package var hasTablesToLoad: Bool { self == .sharedObject || self == .positionIndependentExecutable }
}

extension ELFImage {
    /// What the file is for.
    package var kind: ELFKind {
        // A file that could be loaded is no debug file, whatever its section table says.
        if [2, 3].contains(header.type), lacksCode, !problems.isEmpty { return .debugFile }
        return switch header.type {
        case 1: .object
        case 2: .executable
        case 3: isExecutable ? .positionIndependentExecutable : .sharedObject
        case 4: .core
        default: .other(header.type)
        }
    }

    /// DF_1_PIE.
    private var isExecutable: Bool { (dynamic?.flags1 ?? 0) & 0x0800_0000 != 0 }
}
