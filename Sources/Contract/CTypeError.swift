import Compatibility

/// Why a text spells no type of a contract, and where in it.
package struct CTypeError: Error, Sendable, Equatable, CustomStringConvertible {
    package let reason: Reason
    /// In bytes, from 1.
    package let column: Int

    package init(_ reason: Reason, column: Int) {
        self.reason = reason
        self.column = column
    }

    /// What kind of error it is.
    package enum Reason: Error, Sendable, Hashable {
        /// The text is no C type: a clause that says what should stand there, or what stands there.
        case unexpected(String)
        /// It is a type, and one that a contract cannot hold: a clause that says why.
        case inexpressible(String)
        /// A name that nobody knows.
        case unknown(String)
        /// The text, the depth, or the type with all of its names is above its limit.
        case tooLarge
    }

    /// "column 5: … should stand here", without the text itself.
    package var description: String { "column \(column): \(reason)" }
}

extension CTypeError.Reason: CustomStringConvertible {
    /// A clause, safe to show whatever the text was.
    package var description: String {
        switch self {
        case .unexpected(let clause), .inexpressible(let clause): printable(clause)
        case .unknown(let name): "no type is called \"\(printable(name))\""
        case .tooLarge:
            "the type is too large (at most \(CTypeParser.textLimit) bytes, \(CTypeParser.sizeLimit) types in it, "
                + "\(CTypeParser.depthLimit) deep)"
        }
    }
}
