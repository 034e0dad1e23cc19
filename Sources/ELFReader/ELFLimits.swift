/// What one parse may cost at most, whatever the file says: each loop and each copy that the file drives ends here.
///
/// The numbers are several times what the largest libraries of a Linux distribution need.
package enum ELFLimits {
    /// Program headers (e_phnum); linkers write about 12.
    package static let programHeaders = 128
    /// Entries of the dynamic section before DT_NULL.
    package static let dynamicEntries = 4096
    /// Bytes from the first loaded address to the last: 4 GiB, twice what x86-64's small code model can span.
    package static let loadedSpan: UInt64 = 1 << 32
    /// p_align of a loaded segment in bytes: 1 GiB, the largest page.
    package static let alignment: UInt64 = 1 << 30
    /// Bytes of one thread's copy of the image's thread-local variables.
    package static let threadLocalBytes: UInt64 = 1 << 28
    /// p_align of the thread-local variables in bytes: 2 MiB, which every thread that uses them may lose.
    package static let threadLocalAlignment: UInt64 = 1 << 21
    /// Notes of all PT_NOTE segments together.
    package static let notes = 1024
    /// Bytes of all notes' descriptors together.
    package static let noteBytes = 1 << 20
    /// Dynamic symbols, and buckets of each hash table.
    package static let symbols = 1 << 20
    /// Bytes of one name in a string table; mangled C++ names reach a few thousand.
    package static let nameBytes = 1 << 16
    /// Bytes of all names read out of the string table: symbols may share one long name.
    package static let textBytes = 64 << 20
    /// Versions in DT_VERNEED and in DT_VERDEF, each.
    package static let versions = 1 << 15
    /// Entries of DT_RELA, DT_JMPREL and DT_RELR, each.
    package static let relocations = 1 << 22
    /// Slots of DT_INIT_ARRAY and of DT_FINI_ARRAY, each.
    package static let functionSlots = 1 << 20
    /// Section headers that are looked at.
    package static let sections = 4096
    /// Bytes of all sections called `.comment` together that are looked at.
    package static let commentBytes = 1 << 16
    /// Records of types and imported C structs in Swift metadata together.
    package static let swiftRecords = 1 << 16
    /// Contexts around a Swift type: types, extensions, the module.
    package static let swiftNesting = 64
    /// Bytes of one name in Swift metadata.
    package static let swiftNameBytes = 1 << 10
    /// Bytes of all names read out of Swift metadata: records may share one long name.
    package static let swiftTextBytes = 4 << 20
    /// Problems of each part of a file that are listed.
    package static let problems = 16
}
