package import ELFReader

/// Everything that an image's DT_NEEDED leads to, in the dynamic linker's order (breadth first), each object once.
package struct ClosureFacts: Sendable {
    /// The libraries, in the order in which the dynamic linker meets them.
    package var libraries: [Library]
    /// Why the walk ended early, a clause; `nil` where it saw everything.
    package var cutShort: String?

    package init(libraries: [Library] = [], cutShort: String? = nil) {
        self.libraries = libraries
        self.cutShort = cutShort
    }

    /// One object that the image needs, itself or through another.
    package struct Library: Sendable {
        /// As DT_NEEDED names it, expanded.
        package var name: String
        /// The libraries that lead to it, outermost first; empty where the image itself needs it.
        package var through: [String]
        package var outcome: Outcome

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
        /// Maps this file.
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
        /// The file that lies beside the operator's file, where only the private copy's own place kept it from being
        /// found.
        package var beside: String?

        package init(places: [String] = [], obstacle: String? = nil, beside: String? = nil) {
            self.places = places
            self.obstacle = obstacle
            self.beside = beside
        }
    }

    /// The libraries that dlopen of the image maps with it.
    package var comingAlong: [(library: Library, image: ELFImage)] {
        libraries.compactMap { library in library.comesAlong.map { (library, $0) } }
    }
}
