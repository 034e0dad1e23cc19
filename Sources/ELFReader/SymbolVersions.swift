/// Which version of each symbol an image defines or needs (gABI "Symbol Versioning", Solaris and GNU).
package struct SymbolVersions: Sendable, Equatable {
    /// What one number of DT_VERSYM stands for.
    package struct Name: Sendable, Equatable {
        /// "GLIBC_2.34".
        package var name: String
        /// The library that must offer it; `nil` where the image itself does.
        package var library: String?
        /// Whether the image loads without it: VER_FLG_WEAK.
        package var isWeak: Bool

        package init(name: String, library: String? = nil, isWeak: Bool = false) {
            self.name = name
            self.library = library
            self.isWeak = isWeak
        }
    }

    /// DT_VERSYM without the null symbol's entry, one per symbol; empty where there is none.
    package var numbers: [UInt16]
    /// What the numbers stand for; 0 (local) and 1 (unversioned) stand for nothing.
    package var names: [UInt16: Name]

    package init(numbers: [UInt16] = [], names: [UInt16: Name] = [:]) {
        self.numbers = numbers
        self.names = names
    }

    /// The version of the symbol with this index in `ELFImage.symbols`; `nil` where it has none.
    package func name(ofSymbol index: Int) -> Name? {
        // The highest bit hides a version from references without one.
        index < numbers.count ? names[numbers[index] & 0x7fff] : nil
    }

    /// Whether references without a version pass the symbol over.
    package func hidesSymbol(_ index: Int) -> Bool { index < numbers.count && numbers[index] & 0x8000 != 0 }

    /// Whether the image gives versions to what it defines.
    package var hasDefinitions: Bool { names.values.contains { $0.library == nil } }
}
