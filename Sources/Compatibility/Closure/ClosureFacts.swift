package import ELFReader

/// Everything that an image's DT_NEEDED leads to, in the dynamic linker's order (breadth first), each object once.
package struct ClosureFacts: Sendable {
    /// The libraries, in the order in which the dynamic linker meets them.
    package var libraries: [Library]
    /// Why the walk ended early, a clause; `nil` where it saw everything.
    package var cutShort: String?
    /// What became of the symbols; `nil` where a library is missing, so that nobody can say.
    package var symbols: SymbolFacts?
    /// The room for thread-local variables, where something in the closure needs some of it.
    package var staticThreadLocals: StaticThreadLocals?

    package init(
        libraries: [Library] = [], cutShort: String? = nil, symbols: SymbolFacts? = nil,
        staticThreadLocals: StaticThreadLocals? = nil
    ) {
        self.libraries = libraries
        self.cutShort = cutShort
        self.symbols = symbols
        self.staticThreadLocals = staticThreadLocals
    }

    /// What the dynamic linker will find for the symbols of the image and of what it brings.
    package struct SymbolFacts: Sendable, Equatable {
        /// Strong symbols that nothing defines.
        package var unresolved: [Unresolved]
        /// The image's own symbols that it will not get, because the process has others of the same names.
        package var interposed: [Interposed]
        /// How many were looked for.
        package var count: Int

        package init(unresolved: [Unresolved] = [], interposed: [Interposed] = [], count: Int = 0) {
            self.unresolved = unresolved
            self.interposed = interposed
            self.count = count
        }
    }

    /// A symbol, or a whole version of a library, that is needed and not there.
    package struct Unresolved: Sendable, Equatable {
        /// "plugin", or the library that needs it.
        package var needer: String
        /// "add", "add, version ADD_2".
        package var symbol: String

        package init(needer: String, symbol: String) {
            self.needer = needer
            self.symbol = symbol
        }
    }

    /// A symbol of the image, and who will be asked instead.
    package struct Interposed: Sendable, Equatable {
        package var symbol: String
        /// Whether it is code that every C++ image with it has the same of (vague linkage).
        package var isVague: Bool
        /// The object's path; empty for the main program.
        package var owner: String

        package init(symbol: String, isVague: Bool, owner: String) {
            self.symbol = symbol
            self.isVague = isVague
            self.owner = owner
        }
    }

    /// One object that the image needs, itself or through another.
    package struct Library: Sendable {
        /// As DT_NEEDED names it, expanded.
        package var name: String
        /// The libraries that lead to it, outermost first; empty where the image itself needs it.
        package var through: [String]
        package var outcome: Outcome
        /// The folders that the dynamic linker looks into before it finds the library, whether they are there or not:
        /// whoever can write there can put another in its place.
        package var searchedBefore: [String] = []
        /// Whether it is a helper: it comes along because it lies beside the plugin's file, or beneath its folder.
        package var isHelper = false

        package init(_ name: String, through: [String] = [], _ outcome: Outcome) {
            self.name = name
            self.through = through
            self.outcome = outcome
        }

        /// Who needs it: "plugin", or a library.
        var needer: String { through.last ?? "plugin" }
        /// Whether dlopen of the image maps it.
        package var comesAlong: ELFImage? { if case .comesAlong(_, let image) = outcome { image } else { nil } }
    }

    /// What the dynamic linker would do for one name.
    package enum Outcome: Sendable {
        /// Takes the object that is in the process already.
        ///
        /// `instead` is the file that the search would have found, where it is another one.
        case loaded(LoadedLibrary, instead: String?)
        /// Maps this file, or the private copy of it that lies beside the plugin's.
        case comesAlong(path: String, ELFImage)
        /// Gives up.
        case missing(Search)
    }

    /// A search that failed.
    package struct Search: Sendable, Equatable {
        /// Where was looked, each with its source: "/opt/lib (RUNPATH)".
        package var places: [String]
        /// What ended the search early: a path and what is wrong there.
        package var obstacle: String?
        /// What to do about the obstacle, where that is known.
        package var remedy: String?
        /// What would have led out of the private copy's folder, and so ended the search: "$ORIGIN/../lib (RUNPATH)".
        package var leaving: String?
        /// Whether the name stands in DT_FILTER or DT_AUXILIARY, which nobody follows.
        package var isFilter = false

        package init(
            places: [String] = [], obstacle: String? = nil, remedy: String? = nil, leaving: String? = nil
        ) {
            self.leaving = leaving
            self.places = places
            self.obstacle = obstacle
            self.remedy = remedy
        }
    }

    /// The libraries that dlopen of the image maps with it.
    package var comingAlong: [(library: Library, image: ELFImage)] {
        libraries.compactMap { library in library.comesAlong.map { (library, $0) } }
    }
}
