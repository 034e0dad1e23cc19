/// How many of the image's own functions the dynamic linker calls while it loads or unloads the image.
package struct LoadTimeCalls: Sendable, Equatable {
    /// DT_INIT, 0 or 1, and the slots of DT_INIT_ARRAY.
    package var starts: Int
    /// How many of `starts` the compiler's start files bring, which are in nearly every image: crti.o `_init`, and
    /// crtbeginS.o `frame_dummy` in a slot.
    ///
    /// Known by what comes with them: DT_INIT leads to the section `.init`, and there is a DT_FINI.
    package var startFiles: Int
    /// DT_FINI and the slots of DT_FINI_ARRAY.
    package var ends: Int
    /// Relocations that call a resolver: IRELATIVE, and those to a symbol of type STT_GNU_IFUNC of the image.
    package var resolvers: Int

    /// The functions of `starts` that somebody wrote for this image.
    package var ownStarts: Int { starts - startFiles }

    package init(starts: Int = 0, startFiles: Int = 0, ends: Int = 0, resolvers: Int = 0) {
        self.starts = starts
        self.startFiles = startFiles
        self.ends = ends
        self.resolvers = resolvers
    }
}
