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
