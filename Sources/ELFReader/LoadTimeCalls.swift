/// How many of the image's own functions the dynamic linker calls while it loads or unloads the image.
package struct LoadTimeCalls: Sendable, Equatable {
    /// DT_INIT, 0 or 1, and the slots of DT_INIT_ARRAY.
    ///
    /// The compiler's start files bring one of each (`_init`, `frame_dummy`), which look like all others.
    package var starts: Int
    /// DT_FINI and the slots of DT_FINI_ARRAY.
    package var ends: Int
    /// Relocations that call a resolver: IRELATIVE, and those to a symbol of type STT_GNU_IFUNC of the image.
    package var resolvers: Int

    package init(starts: Int = 0, ends: Int = 0, resolvers: Int = 0) {
        self.starts = starts
        self.ends = ends
        self.resolvers = resolvers
    }
}
