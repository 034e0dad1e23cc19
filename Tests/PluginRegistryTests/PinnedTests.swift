import PluginRegistry
import Testing

@Suite struct PinnedTests {
    @Test func reachesOneVersionInAllItsCalls() throws {
        let first = target([add])
        let route = try route(serving: first)
        let binding: Binding<Add> = try route.binding(0)
        let sums = try binding.pin { pinned in
            let before = pinned { $0(2, 3) }
            route.publish(target([multiply]))
            return [before, pinned { $0(2, 3) }, try binding { $0(2, 3) }]
        }
        #expect(sums == [5, 5, 6])
        #expect(first.callCount == 0)
    }

    @Test func handsOutInstanceAndContext() throws {
        let route = try route()
        let instance = UnsafeMutableRawPointer(bitPattern: 0x1000)
        let context = UnsafeMutableRawPointer(bitPattern: 0x2000)
        route.publish(target([add], instance: instance, context: context))
        let binding: Binding<Add> = try route.binding(0)
        try binding.pin { pinned in
            #expect(pinned { function, got in function(1, 1) == 2 && got == instance })
            #expect(pinned { _, first, second in first == instance && second == context })
        }
    }

    @Test func isOneCellHoweverManyCalls() throws {
        struct Mine: Error {}
        let served = target([add])
        let binding: Binding<Add> = try route(serving: served).binding(0)
        try binding.pin { pinned in
            #expect(pinned { _ in served.callCount } == 1)
            #expect(served.isHeldByThisThread)
        }
        #expect(throws: Mine.self) { try binding.pin { pinned in try pinned { _ in throw Mine() } } }
        #expect(served.callCount == 0)
    }

    @Test func throwsOnceTheRouteIsEmpty() throws {
        let route = try route("greeter ^1.2", serving: target([add]))
        let binding: Binding<Add> = try route.binding(0)
        route.publish(nil)
        #expect(throws: BindingError.unloaded(route: "greeter ^1.2")) { try binding.pin { _ in } }
    }
}
