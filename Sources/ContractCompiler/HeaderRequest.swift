/// One header to read a contract from, and what its compiler must be told.
package struct HeaderRequest: Sendable, Equatable {
    /// The C or C++ header.
    ///
    /// Its functions with external C linkage are the exports, and so are those of the headers beside it
    /// or below its folder that it includes; system headers' and switchboard.h's are not.
    package var path: String
    /// Folders for `#include`, as with -I.
    package var includeFolders: [String] = []
    /// `NAME` or `NAME=VALUE`, as with -D.
    package var definitions: [String] = []
    /// As with -std=; `nil` is gnu17, or gnu++17 for a C++ header.
    package var standard: String?
    /// The triple to lay out for; `nil` is the compiler's own.
    package var target: String?
    /// The exports to take; empty is all.
    package var only: [String] = []
    /// The exports and constants to leave out: what cannot be expressed, above all, and the numbers of a version.
    package var except: [String] = []

    package init(_ path: String) {
        self.path = path
    }
}
