import PluginRegistry
import Testing

@Suite struct RouteTests {
    @Test func returnsWhatItServedBefore() throws {
        let first = target([add], generation: 1)
        let second = target([add], generation: 2)
        let route = try route()
        #expect(route.publish(first) == nil)
        #expect(route.publish(second) === first)
        #expect(route.target === second)
        #expect(route.publish(nil) === second)
        #expect(route.target == nil)
    }

    @Test func servesIndependentlyOfOtherRoutes() throws {
        let one = try route("adder ^1", serving: target([add]))
        let two = try route("adder ^2", serving: target([multiply]))
        let first: Binding<Add> = try one.binding(0)
        let second: Binding<Add> = try two.binding(0)
        #expect(try first { outer in try second { inner in outer(inner(3, 4), 1) } } == 13)
        one.publish(nil)
        #expect(throws: BindingError.self) { try first { $0(1, 1) } }
        #expect(try second { $0(3, 4) } == 12)
    }

    @Test func namesTheBoundExportsThatATargetLacks() throws {
        let route = try route(serving: target([add, add, add]))
        let _: Binding<Add> = try route.binding(2)
        let _: Binding<Add> = try route.binding(1)
        #expect(route.indicesMissing(in: target([add, nil])) == [1, 2])
        #expect(route.indicesMissing(in: target([nil, add, add, add])) == [])
    }

    @Test func trapsOnATargetThatLacksABoundExport() async {
        await #expect(processExitsWith: trap) {
            let route = try route(serving: target([add, add]))
            let _: Binding<Add> = try route.binding(1)
            route.publish(target([add]))
        }
    }

    @Test func trapsOnATargetThatWasPublishedBefore() async {
        await #expect(processExitsWith: trap) {
            let first = target([add])
            let route = try route(serving: first)
            route.publish(nil)
            route.publish(first)
        }
    }
}
