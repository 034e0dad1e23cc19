import Compatibility
import ELFReader
import Testing

struct UnloadClassTests {
    static func classify(
        vouched: Bool = false, closure: ClosureFacts? = nil, _ change: (inout ELFImage) -> Void
    ) throws -> (unloadClass: UnloadClass, reasons: [String], fact: String?) {
        var image = Sample.image
        change(&image)
        let manifest = try Sample.manifest(Sample.manifestText + (vouched ? "\nunload = clean\n" : ""))
        return UnloadClass.classify(image, manifest: manifest, closure: closure)
    }

    static func imported(_ name: String) -> DynamicSymbol { DynamicSymbol(name: name, sectionIndex: 0) }

    @Test func plainCIsUnloadable() throws {
        let result = try Self.classify { _ in }
        #expect(result.unloadClass == .unloadable && result.reasons == [])
    }

    /// What no vouch lifts: the change and the reason.
    static let facts: [(@Sendable (inout ELFImage) -> Void, String)] = [
        ({ $0.dynamic?.needed = ["libswiftCore.so"] }, "needs libswiftCore.so of the Swift runtime"),
        (
            { $0.dynamic?.needed = ["libFoundationEssentials.so"] },
            "needs libFoundationEssentials.so of the Swift runtime"
        ),
        ({ $0.symbols = [imported("swift_retain")] }, "imports swift_retain of the Swift runtime"),
        ({ $0.symbols = [imported("$sSiN"), imported("$sSSN")] }, "imports $sSiN and 1 more of the Swift runtime"),
        (
            { $0.sections = .known(comments: [], swiftSections: ["swift5_protocols"]) },
            "holds Swift metadata (swift5_protocols), which the runtime never forgets"
        ),
        ({ $0.dynamic?.flags1 = 0x8 }, "is linked with -z nodelete"),
        (
            { $0.symbols = [Sample.function("_ZGV", binding: 10), Sample.function("_ZZ", binding: 10)] },
            "defines the unique symbol _ZGV and 1 more; compile with -fno-gnu-unique"
        ),
        (
            { $0.sections = .unknown(reason: "no section table") },
            "no section table, so nothing shows that it holds no Swift code"
        ),
        (
            { $0.problems = [ELFProblem(place: "DT_SYMTAB", detail: "lies outside of the file")] },
            "the file is broken, so what it shows may be incomplete"
        ),
        (
            { $0.dynamic?.needed = ["libstay.so"] }, "needs libstay.so, which is not loaded yet and may have to stay"
        ),
    ]

    @Test(arguments: facts.indices, [false, true])
    func factsKeepAnImageWhateverItsAuthorSays(_ index: Int, _ vouched: Bool) throws {
        let (change, reason) = Self.facts[index]
        let result = try Self.classify(vouched: vouched, change)
        #expect(result.unloadClass == .resident)
        #expect(result.reasons == [reason])
    }

    static let doubts = [
        ("pthread_create", "a running thread"), ("thrd_create", "a running thread"), ("clone", "a running thread"),
        ("timer_create", "a timer"), ("pthread_key_create", "a destructor that runs at a thread's exit"),
        ("__pthread_key_create", "a destructor that runs at a thread's exit"),
        ("tss_create", "a destructor that runs at a thread's exit"), ("sigaction", "a signal handler"),
        ("signal", "a signal handler"), ("pthread_atfork", "a fork handler"), ("__register_atfork", "a fork handler"),
        ("on_exit", "an exit handler"), ("putenv", "a variable of the environment"),
        ("mq_notify", "a notification"), ("aio_read64", "a notification"), ("lio_listio", "a notification"),
        ("dispatch_async", "a queued block"), ("dispatch_group_notify", "a queued block"),
        ("dispatch_barrier_async_f", "a queued function"), ("register_printf_specifier", "a conversion of printf"),
        ("_ZSt13set_terminatePFvvE", "a C++ handler"),
    ]

    @Test(arguments: doubts)
    func importsThatLeaveSomethingBehindAreDoubts(_ symbol: String, _ what: String) throws {
        let reason = "imports \(symbol), which may leave \(what) behind"
        let doubted = try Self.classify { $0.symbols.append(Self.imported(symbol)) }
        #expect(doubted.unloadClass == .resident && doubted.reasons == [reason])
        let vouched = try Self.classify(vouched: true) { $0.symbols.append(Self.imported(symbol)) }
        #expect(vouched.unloadClass == .unloadable)
        #expect(vouched.reasons == ["\(reason), vouched for by unload = clean"])
        let defined = try Self.classify { $0.symbols.append(Sample.function(symbol)) }
        #expect(defined.unloadClass == .unloadable)
    }

    @Test func seesStandardThreads() throws {
        let name = "_ZNSt6thread15_M_start_threadESt10unique_ptrINS_6_StateESt14default_deleteIS1_EEPFvvE"
        let result = try Self.classify { $0.symbols.append(Self.imported(name)) }
        #expect(result.unloadClass == .resident)
        #expect(result.reasons == ["imports std::thread, which may leave a running thread behind"])
    }

    static func library(_ name: String, _ outcome: ClosureFacts.Outcome, through: [String] = []) -> ClosureFacts {
        ClosureFacts(libraries: [.init(name, through: through, outcome)])
    }

    /// What comes along goes with the image, so what keeps it keeps the image; what is loaded does not count.
    @Test(arguments: [false, true])
    func followsLibrariesThatComeAlong(_ vouched: Bool) throws {
        let swift = library(symbols: [Self.imported("swift_retain")])
        let kept = try Self.classify(
            vouched: vouched, closure: Self.library("libdeep.so", swift, through: ["liba.so", "libb.so"])
        ) { _ in }
        #expect(kept.unloadClass == .resident)
        #expect(
            kept.reasons == [
                "brings libdeep.so (through liba.so, libb.so): imports swift_retain of the Swift runtime"
            ])
        let loaded = ClosureFacts.Outcome.loaded(LoadedLibrary(path: "/x/libdeep.so"), instead: nil)
        let free = try Self.classify(vouched: vouched, closure: Self.library("libdeep.so", loaded)) { _ in }
        #expect(free.unloadClass == .unloadable && free.reasons == [])
    }

    @Test func aVouchCoversWhatTheImageBrings() throws {
        let closure = Self.library("libkeys.so", library(symbols: [Self.imported("pthread_key_create")]))
        let reason =
            "brings libkeys.so: imports pthread_key_create, which may leave a destructor that runs at a thread's exit "
            + "behind"
        let doubted = try Self.classify(closure: closure) { _ in }
        #expect(doubted.unloadClass == .resident && doubted.reasons == [reason])
        let vouched = try Self.classify(vouched: true, closure: closure) { _ in }
        #expect(vouched.unloadClass == .unloadable && vouched.reasons == ["\(reason), vouched for by unload = clean"])
    }

    @Test func aLibraryThatIsMissingMayHaveToStay() throws {
        let result = try Self.classify(vouched: true, closure: Self.library("libgone.so", .missing(.init()))) { _ in }
        #expect(result.unloadClass == .resident)
        #expect(result.reasons == ["needs libgone.so, which was not found and may have to stay"])
    }

    @Test func destructorsOfALibraryDeferToo() throws {
        let closure = Self.library("librust.so", library(symbols: [Self.imported("__cxa_thread_atexit_impl")]))
        #expect(try Self.classify(closure: closure) { _ in }.unloadClass == .deferred)
    }

    private func library(symbols: [DynamicSymbol]) -> ClosureFacts.Outcome {
        var image = Sample.image
        image.symbols = symbols
        return .comesAlong(path: "/x/lib.so", image)
    }

    /// The Swift runtime is loaded in a Swift host, and still keeps every image that uses it.
    @Test func loadedSwiftRuntimeIsStillAReason() throws {
        let result = try Self.classify(
            closure: Self.library("libswiftCore.so", .loaded(LoadedLibrary(path: "/x/libswiftCore.so"), instead: nil))
        ) {
            $0.dynamic?.needed = ["libswiftCore.so"]
        }
        #expect(result.unloadClass == .resident)
    }

    @Test(arguments: ["__cxa_thread_atexit", "__cxa_thread_atexit_impl"])
    func threadLocalDestructorsDefer(_ symbol: String) throws {
        let result = try Self.classify { $0.symbols.append(Self.imported(symbol)) }
        #expect(result.unloadClass == .deferred)
        #expect(
            result.reasons == [
                "imports \(symbol): glibc keeps the image while thread-local destructors are pending"
            ])
    }

    @Test func vouchedRustIsDeferredAndEveryReasonIsListed() throws {
        func rust(_ image: inout ELFImage) {
            image.symbols += ["__cxa_thread_atexit_impl", "pthread_key_create"].map(Self.imported)
        }
        let doubted = try Self.classify(rust)
        #expect(doubted.unloadClass == .resident)
        let vouched = try Self.classify(vouched: true, rust)
        #expect(vouched.unloadClass == .deferred)
        #expect(vouched.reasons.count == 2)
    }

    @Test func listsFactsAndDoubtsTogether() throws {
        let result = try Self.classify(vouched: true) {
            $0.dynamic?.flags1 = 8
            $0.dynamic?.needed = ["libswiftCore.so", "libfoo.so"]
            $0.symbols = ["swift_retain", "sigaction", "signal"].map(Self.imported)
        }
        #expect(
            result.reasons == [
                "needs libswiftCore.so of the Swift runtime", "imports swift_retain of the Swift runtime",
                "is linked with -z nodelete", "needs libfoo.so, which is not loaded yet and may have to stay",
                "imports sigaction, which may leave a signal handler behind",
                "imports signal, which may leave a signal handler behind",
            ])
    }
}
