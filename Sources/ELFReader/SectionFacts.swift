/// Facts that only the section header table tells; an image without one says nothing either way.
package enum SectionFacts: Sendable, Equatable {
    /// No (readable) section table.
    case unknown(reason: String)
    /// The texts of `.comment` (compilers' signatures, without duplicates), and the `swift5_*` sections with a size
    /// other than 0.
    case known(comments: [String], swiftSections: [String])
}
