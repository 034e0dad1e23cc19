/// Why a binding could not be made, or could not call.
public enum BindingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Nothing serves the route any more: the plugin was unloaded, or the host was shut down.
    case unloaded(route: String)
    /// The plugin's state is being handed over to another version, and the call could not wait for it to be done: its
    /// time was up, or it was made in a signal handler (`milliseconds` is `nil`), which must not wait at all.
    case held(route: String, milliseconds: Int?)
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
        case .held(let route, let milliseconds?):
            """
            \(route): the call was not made, its plugin's state is still being handed over to another version after \
            \(milliseconds) ms; try again, or swap without a quiesced hand-over
            """
        case .held(let route, nil):
            """
            \(route): the call was not made, its plugin's state is being handed over to another version and a signal \
            handler cannot wait for that; call again outside the handler
            """
        case .tooManyThreads(let route):
            "\(route): the call was not made, all thread records are in use; end threads that no longer call plugins"
        case .notACFunction(let type):
            "an export can only be called as a @convention(c) function, \(type) is none; declare the contract's C type"
        case .noSuchExport(let route, let index):
            "\(route): what serves this route has no export at position \(index); bind an export that its manifest names"
        }
    }
}
