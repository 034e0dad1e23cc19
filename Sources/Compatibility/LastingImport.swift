import ELFReader

/// A function of glibc, libstdc++ or libdispatch that can leave something behind which calls or points into the image
/// long after the call that left it.
struct LastingImport: Sendable {
    /// Which gate tells of it.
    enum Kind: Sendable {
        /// Runs code of the image on a thread of its own.
        case threads
        /// Runs code of the image when a signal arrives.
        case signals
        /// Runs code of the image at the end of a thread, at a fork or at exit; or keeps a pointer into it.
        case keys
    }

    /// The symbol, or what `std::thread` is known by.
    let name: String
    let kind: Kind
    /// What may stay, "a running thread".
    let leftover: String
}

extension LastingImport {
    /// All of them by symbol.
    private static let known: [String: LastingImport] = {
        let thread = "a running thread"
        let handler = "a signal handler"
        let destructor = "a destructor that runs at a thread's exit"
        let table: [(Kind, String, [String])] = [
            (.threads, thread, ["pthread_create", "thrd_create", "clone", "__clone"]),
            (.threads, "a timer", ["timer_create"]),
            (
                .threads, "a notification",
                ["mq_notify", "getaddrinfo_a"] + asynchronous + asynchronous.map { $0 + "64" }
            ),
            (.threads, "a queued block", queueing),
            (.threads, "a queued function", queueing.map { $0 + "_f" }),
            (.threads, "an event source", ["dispatch_source_create"]),
            (
                .signals, handler,
                [
                    "sigaction", "__sigaction", "signal", "bsd_signal", "sysv_signal", "__sysv_signal",
                    "ssignal",
                    "sigset",
                ]
            ),
            (.keys, destructor, ["pthread_key_create", "__pthread_key_create", "tss_create"]),
            (.keys, "a fork handler", ["pthread_atfork", "__register_atfork"]),
            (.keys, "an exit handler", ["on_exit"]),
            (.keys, "a variable of the environment", ["putenv"]),
            (
                .keys, "a conversion of printf",
                ["function", "specifier", "modifier", "type"].map { "register_printf_\($0)" }
            ),
            (
                .keys, "a C++ handler",
                ["_ZSt13set_terminatePFvvE", "_ZSt14set_unexpectedPFvvE", "_ZSt15set_new_handlerPFvvE"]
            ),
        ]
        var known: [String: LastingImport] = [:]
        for (kind, leftover, names) in table {
            for name in names { known[name] = LastingImport(name: name, kind: kind, leftover: leftover) }
        }
        return known
    }()

    /// aio(7): with SIGEV_THREAD they call a function when they are done.
    private static let asynchronous = ["aio_read", "aio_write", "aio_fsync", "lio_listio"]
    /// Of libdispatch: they return before the block has run.
    private static let queueing = [
        "dispatch_async", "dispatch_after", "dispatch_group_async", "dispatch_group_notify", "dispatch_barrier_async",
    ]

    /// std::thread's constructor, whatever its argument's mangling.
    private static let standardThread = "_ZNSt6thread15_M_start_thread"

    /// Those that an image imports, sorted by name, `std::thread` last.
    static func all(of image: ELFImage) -> [LastingImport] {
        var found: [String: LastingImport] = [:]
        var hasStandardThread = false
        let symbols = image.symbols
        for index in symbols.indices where symbols[index].sectionIndex == 0 {
            if let known = known[symbols[index].name] { found[known.name] = known }
            if symbols[index].name.hasPrefix(standardThread) { hasStandardThread = true }
        }
        let sorted = found.values.sorted { $0.name < $1.name }
        return hasStandardThread
            ? sorted + [LastingImport(name: "std::thread", kind: .threads, leftover: "a running thread")]
            : sorted
    }
}
