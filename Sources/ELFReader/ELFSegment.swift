/// One program header (Elf64_Phdr), numbers as in the file.
package struct ELFSegment: Sendable, Equatable {
    /// p_type: 1 PT_LOAD, 2 PT_DYNAMIC, 4 PT_NOTE, 7 PT_TLS, 0x6474e551 PT_GNU_STACK.
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
