import Glibc
import PluginRegistry
import Testing

@Suite struct ArmTests {
    @Test func splitsKeyedCallsByShare() throws {
        let (main, _, binding) = try split(share: 500)
        let keys: UInt64 = 1_000_000
        let canaries = try (0..<keys).count { try isOnCanary(binding, ArmKey($0)) }
        // Binomial: the expectation is 50,000, a standard deviation 218.
        #expect(abs(canaries - 50_000) < 5 * 218)
        #expect(main.canary?.share == 500)
    }

    /// The same key takes the same arm in every process and every release: figures of another program, written down once.
    @Test(arguments: [
        (ArmKey(0), 8833), (ArmKey(1), 5665), (ArmKey(42), 7415), (ArmKey(.max), 8939), (ArmKey(""), 7636),
        (ArmKey("user-17"), 2521), (ArmKey("käse"), 6108),
    ])
    func aKeysPlaceIsFixed(key: ArmKey, place: Int) throws {
        let (main, canary, binding) = try split(share: place)
        #expect(try !isOnCanary(binding, key))
        try main.split(to: canary, share: place + 1)
        #expect(try isOnCanary(binding, key))
    }

    @Test func aGreaterShareOnlyAddsKeys() throws {
        let (main, canary, binding) = try split(share: 0)
        let keys = (0..<2_000).map { ArmKey("tenant-\($0)") }
        var before: Set<ArmKey> = []
        for share in [0, 1, 500, 5_000, 9_999, 10_000] {
            try main.split(to: canary, share: share)
            let now = try Set(keys.filter { try isOnCanary(binding, $0) })
            #expect(now.isSuperset(of: before))
            if share == 0 { #expect(now.isEmpty) }
            if share == 10_000 { #expect(now.count == keys.count) }
            before = now
        }
    }

    @Test func isNoConcernOfUnkeyedCalls() throws {
        let (_, _, binding) = try split(share: 10_000)
        #expect(try binding { $0(2, 3) } == 5)
        #expect(try binding(key: ArmKey(1)) { $0(2, 3) } == 6)
    }

    @Test func handsOutTheArmsInstanceAndContext() throws {
        let main = try route(serving: target([add]))
        let canary = try route("canary")
        let instance = UnsafeMutableRawPointer(bitPattern: 0x1000)
        let context = UnsafeMutableRawPointer(bitPattern: 0x2000)
        canary.publish(target([add], instance: instance, context: context))
        let binding: Binding<Add> = try main.binding(0)
        try main.split(to: canary, share: 10_000)
        #expect(try binding(key: ArmKey("a")) { function, got in function(1, 1) == 2 && got == instance })
        #expect(try binding(key: ArmKey("a")) { _, first, second in first == instance && second == context })
    }

    @Test func goesOnWithoutACanaryThatIsClosed() throws {
        let (main, canary, binding) = try split(share: 10_000)
        canary.publish(nil)
        #expect(try binding(key: ArmKey(1)) { $0(2, 3) } == 5)
        try main.split(to: nil, share: 0)
        #expect(main.canary == nil)
        #expect(try binding(key: ArmKey(1)) { $0(2, 3) } == 5)
        main.publish(nil)
        #expect(throws: BindingError.unloaded(route: "adder ^1")) { try binding(key: ArmKey(1)) { $0(2, 3) } }
    }

    @Test func reservesOnTheCanaryWhatIsBound() throws {
        let main = try route(serving: target([add, add, add]))
        let canary = try route("canary", serving: target([add, add]))
        let _: Binding<Add> = try main.binding(0)
        try main.split(to: canary, share: 100)
        let _: Binding<Add> = try main.binding(1)
        #expect(canary.indicesMissing(in: target([add])) == [1])
        #expect(throws: BindingError.noSuchExport(route: "canary", index: 2)) { try main.binding(2, as: Add.self) }
        #expect(main.indicesMissing(in: target([add, add])) == [])
        let poor = try route("poor", serving: target([add]))
        #expect(throws: BindingError.noSuchExport(route: "poor", index: 1)) { try main.split(to: poor, share: 100) }
        #expect(main.canary?.route === canary)
    }
}

/// A route that adds, with a canary that multiplies.
private func split(share: Int) throws -> (main: Route, canary: Route, binding: Binding<Add>) {
    let main = try route(serving: target([add]))
    let canary = try route("canary", serving: target([multiply]))
    let binding: Binding<Add> = try main.binding(0)
    try main.split(to: canary, share: share)
    return (main, canary, binding)
}

private func isOnCanary(_ binding: Binding<Add>, _ key: ArmKey) throws -> Bool {
    try binding(key: key) { $0(2, 3) } == 6
}
