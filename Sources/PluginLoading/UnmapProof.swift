/// The proof that an image has left the process: two witnesses that do not share their bookkeeping.
enum UnmapProof {
    /// Whether neither RTLD_NOLOAD (the dynamic linker's search by name) nor dl_iterate_phdr(3) (its list of what is
    /// mapped) know an object of that name.
    ///
    /// Conclusive because the name leads to these bytes alone for as long as the question is open: a staged file's is
    /// never used again, a sealed one's not before the answer. On the loader thread.
    static func isUnmapped(_ path: String) -> Bool {
        !DynamicLibrary.isLoaded(path) && LoadedObjects.named(path) == nil
    }
}
