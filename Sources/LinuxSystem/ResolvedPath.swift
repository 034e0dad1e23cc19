import Glibc

/// Paths without links.
package enum ResolvedPath {
    /// The absolute path of what a path leads to (realpath(3)); `nil` where that is nothing, or cannot be told.
    package static func of(_ path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        // SAFETY: realpath(3) with nil allocates; the text is copied before it is freed, once.
        defer { unsafe free(resolved) }
        return unsafe String(validatingCString: resolved)
    }
}
