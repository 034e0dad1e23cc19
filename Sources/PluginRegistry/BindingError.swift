/// Why a binding could not be made, or could not call.
public enum BindingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Nothing serves the route any more: the plugin was unloaded, or the host was shut down.
    case unloaded(route: String)
    /// Every thread record of the process is in use (65,536 threads, or 61 nesting levels each): the call was not made.
    case tooManyThreads(route: String)
    /// The type that the export was to be called as is not a C function pointer.
    case notACFunction(type: String)
    /// What serves the route now has no function at this position.
    case noSuchExport(route: String, index: Int)

    /// A sentence: what, where, and what to do.
    public var description: String {
        switch self {
        case .unloaded(let route):
            "\(route): nothing serves this route any more, its plugin is unloaded; load a version that the range admits"
        case .tooManyThreads(let route):
            "\(route): the call was not made, all thread records are in use; end threads that no longer call plugins"
        case .notACFunction(let type):
            "an export can only be called as a @convention(c) function, \(type) is none; declare the contract's C type"
        case .noSuchExport(let route, let index):
            "\(route): what serves this route has no export at position \(index); bind an export that its manifest names"
        }
    }
}
