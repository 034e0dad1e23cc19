/// What an ELF file shows, whatever its manifest says: the facts that the gates judge.
///
/// Values only: parsing copies what it needs out of the bytes, so an image outlives its mapping. Building one does no
/// I/O, never traps, and makes no allocation beyond `ELFLimits`, whatever the bytes are (ELF-64 Object File Format;
/// System V gABI chapters 4 and 5).
///
/// A file can be broken in parts and still be worth showing: only bytes without a readable ELF header throw; everything
/// else that contradicts the format is listed in `problems`, and what could be read is here.
package struct ELFImage: Sendable {
    /// The ELF header; of a file that is not 64-bit little-endian only its class, endianness, type and machine.
    package var header: ELFHeader
    /// The program header table in file order.
    package var segments: [ELFSegment]
    /// Every note that PT_NOTE segments reach, in file order (section headers are not consulted: `strip` may drop them).
    package var notes: [ELFNote]
    /// The dynamic section; `nil` where there is no PT_DYNAMIC.
    package var dynamic: DynamicTable?
    /// The dynamic symbol table without its null entry, in file order; its length comes from DT_GNU_HASH or DT_HASH.
    package var symbols: [DynamicSymbol]
    /// DT_VERNEED: what each needed library must offer, in file order.
    package var versionNeeds: [VersionNeed]
    /// Facts that only the section table tells.
    package var sections: SectionFacts
    /// Everything found that contradicts the format or leaves the file's bounds; empty for a sound image.
    package var problems: [ELFProblem]

    package init(
        header: ELFHeader, segments: [ELFSegment] = [], notes: [ELFNote] = [], dynamic: DynamicTable? = nil,
        symbols: [DynamicSymbol] = [], versionNeeds: [VersionNeed] = [],
        sections: SectionFacts = .unknown(reason: "no section table"), problems: [ELFProblem] = []
    ) {
        self.header = header
        self.segments = segments
        self.notes = notes
        self.dynamic = dynamic
        self.symbols = symbols
        self.versionNeeds = versionNeeds
        self.sections = sections
        self.problems = problems
    }
}

/// The ELF header's facts as raw numbers: an unknown machine is a fact too.
package struct ELFHeader: Sendable, Equatable {
    /// e_ident[EI_CLASS]: 1 = 32-bit, 2 = 64-bit.
    package var fileClass: UInt8
    /// e_ident[EI_DATA]: 1 = little-endian, 2 = big-endian.
    package var endianness: UInt8
    /// e_ident[EI_OSABI].
    package var osABI: UInt8
    /// e_type: 3 = ET_DYN, a shared object (or a position-independent executable).
    package var type: UInt16
    /// e_machine: 62 = x86-64, 183 = AArch64.
    package var machine: UInt16
    /// Whether the rest of the file could be read: 64-bit and little-endian.
    package var isELF64LittleEndian: Bool { fileClass == 2 && endianness == 1 }

    package init(fileClass: UInt8 = 2, endianness: UInt8 = 1, osABI: UInt8 = 0, type: UInt16 = 3, machine: UInt16) {
        self.fileClass = fileClass
        self.endianness = endianness
        self.osABI = osABI
        self.type = type
        self.machine = machine
    }
}

/// One program header (Elf64_Phdr), numbers as in the file.
package struct ELFSegment: Sendable, Equatable {
    /// p_type: 1 PT_LOAD, 2 PT_DYNAMIC, 4 PT_NOTE, 7 PT_TLS, 0x6474e551 PT_GNU_STACK, …
    package var type: UInt32
    /// p_flags: 1 execute, 2 write, 4 read.
    package var flags: UInt32
    /// p_offset in bytes from the file's start.
    package var offset: UInt64
    /// p_vaddr in bytes from the image's load address.
    package var address: UInt64
    /// p_filesz in bytes.
    package var fileSize: UInt64
    /// p_memsz in bytes.
    package var memorySize: UInt64
    /// p_align in bytes.
    package var alignment: UInt64

    package init(
        type: UInt32, flags: UInt32, offset: UInt64 = 0, address: UInt64 = 0, fileSize: UInt64 = 0,
        memorySize: UInt64 = 0, alignment: UInt64 = 1
    ) {
        self.type = type
        self.flags = flags
        self.offset = offset
        self.address = address
        self.fileSize = fileSize
        self.memorySize = memorySize
        self.alignment = alignment
    }
}

/// One ELF note (Elf64_Nhdr and what follows it).
package struct ELFNote: Sendable, Equatable {
    /// The owner's name without its NUL.
    package var owner: String
    /// n_type, whose meaning is the owner's.
    package var type: UInt32
    /// The descriptor's n_descsz bytes.
    package var descriptor: [UInt8]

    package init(owner: String, type: UInt32, descriptor: [UInt8]) {
        self.owner = owner
        self.type = type
        self.descriptor = descriptor
    }
}

/// The dynamic section's facts (gABI chapter 5, "Dynamic Section").
package struct DynamicTable: Sendable, Equatable {
    /// DT_SONAME.
    package var soname: String?
    /// DT_NEEDED in file order.
    package var needed: [String]
    /// DT_RPATH and DT_RUNPATH, undivided.
    package var rpath: String?
    package var runpath: String?
    /// DT_FLAGS and DT_FLAGS_1, 0 where absent.
    package var flags: UInt64
    package var flags1: UInt64
    /// Whether relocations write into segments without PF_W: DT_TEXTREL or DF_TEXTREL.
    package var hasTextRelocations: Bool

    package init(
        soname: String? = nil, needed: [String] = [], rpath: String? = nil, runpath: String? = nil, flags: UInt64 = 0,
        flags1: UInt64 = 0, hasTextRelocations: Bool = false
    ) {
        self.soname = soname
        self.needed = needed
        self.rpath = rpath
        self.runpath = runpath
        self.flags = flags
        self.flags1 = flags1
        self.hasTextRelocations = hasTextRelocations
    }
}

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
        name: String, binding: UInt8 = 1, type: UInt8 = 2, visibility: UInt8 = 0, sectionIndex: UInt16, value: UInt64 = 0
    ) {
        self.name = name
        self.binding = binding
        self.type = type
        self.visibility = visibility
        self.sectionIndex = sectionIndex
        self.value = value
    }
}

/// What the image needs of one library: the versions of one Elf64_Verneed.
package struct VersionNeed: Sendable, Equatable {
    /// vn_file, `libc.so.6` for one.
    package var library: String
    /// vna_name of each, `GLIBC_2.34` for one, in file order.
    package var versions: [String]

    package init(library: String, versions: [String]) {
        self.library = library
        self.versions = versions
    }
}

/// Facts that only the section header table tells; an image without one says nothing either way.
package enum SectionFacts: Sendable, Equatable {
    /// No (readable) section table.
    case unknown(reason: String)
    /// The texts of `.comment` (compilers' signatures, without duplicates), and the `swift5_*` sections with a size
    /// other than 0.
    case known(comments: [String], swiftSections: [String])
}

/// Something in the file that contradicts the format or leaves its bounds.
package struct ELFProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The table or field, `DT_STRTAB` or `segment 3` for one.
    package var place: String
    /// A clause with the numbers: "ends at byte 70000, the file has 4096".
    package var detail: String
    package var description: String { "\(place) \(detail)" }

    package init(place: String, detail: String) {
        self.place = place
        self.detail = detail
    }
}
