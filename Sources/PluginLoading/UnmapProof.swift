/// The proof that an image has left the process: two witnesses that do not share their bookkeeping.
enum UnmapProof {
    /// Whether neither RTLD_NOLOAD (the dynamic linker's search by name) nor dl_iterate_phdr(3) (its list of what is
    /// mapped) know an object of that name.
    ///
    /// Conclusive because the name was never used before and never will be again. On the loader thread.
    static func isUnmapped(_ path: String) -> Bool {
        !DynamicLibrary.isLoaded(path) && LoadedObjects.named(path) == nil
    }
}
