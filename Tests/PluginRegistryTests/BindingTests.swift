import PluginRegistry
import Testing

@Suite struct BindingTests {
    @Test func callsWhatServesTheRoute() throws {
        let route = try route(serving: target([add]))
        let binding: Binding<Add> = try route.binding(0)
        #expect(try binding { $0(2, 3) } == 5)
        route.publish(target([multiply]))
        #expect(try binding { $0(2, 3) } == 6)
    }

    @Test func handsOutInstanceAndContext() throws {
        let route = try route()
        let instance = UnsafeMutableRawPointer(bitPattern: 0x1000)
        let context = UnsafeMutableRawPointer(bitPattern: 0x2000)
        route.publish(target([add], instance: instance, context: context))
        let binding: Binding<Add> = try route.binding(0)
        #expect(try binding { function, got in function(1, 1) == 2 && got == instance })
        #expect(try binding { _, first, second in first == instance && second == context })
    }

    @Test func isTwoPlainWords() {
        #expect(MemoryLayout<Binding<Add>>.size == 16)
        #expect(_isPOD(Binding<Add>.self))
    }

    @Test func throwsOnceTheRouteIsEmpty() throws {
        let route = try route("greeter ^1.2", serving: target([add]))
        let binding: Binding<Add> = try route.binding(0)
        route.publish(nil)
        #expect(throws: BindingError.unloaded(route: "greeter ^1.2")) { try binding { $0(1, 1) } }
        route.publish(target([add]))
        #expect(try binding { $0(1, 1) } == 2)
    }

    @Test func outlivesItsRoute() throws {
        try Pins.start()
        var route: Route? = Route(label: "adder ^1")
        route?.publish(target([add]))
        let binding: Binding<Add> = try #require(try route?.binding(0))
        #expect(try binding { $0(1, 1) } == 2)
        route = nil
        #expect(throws: BindingError.unloaded(route: "adder ^1")) { try binding { $0(1, 1) } }
    }

    @Test func passesOnWhatItsBodyThrows() throws {
        struct Mine: Error {}
        let route = try route(serving: target([add]))
        let binding: Binding<Add> = try route.binding(0)
        #expect(throws: Mine.self) { try binding { _ in throw Mine() } }
        #expect(route.target?.callCount == 0)
    }

    @Test func refusesWhatIsNoCFunction() throws {
        let route = try route(serving: target([add]))
        final class OneWord {}
        #expect(throws: BindingError.self) { try route.binding(0, as: ((Int32) -> Int32).self) }
        #expect(throws: BindingError.self) { try route.binding(0, as: OneWord.self) }
        #expect(throws: BindingError.self) { try route.binding(0, as: Add?.self) }
        #expect(throws: BindingError.notACFunction(type: "Swift.Int")) { try route.binding(0, as: Int.self) }
    }

    @Test(arguments: [-1, 1, 2])
    func refusesAnExportThatIsNotThere(index: Int) throws {
        let route = try route(serving: target([add, nil]))
        #expect(throws: BindingError.noSuchExport(route: "adder ^1", index: index)) {
            try route.binding(index, as: Add.self)
        }
    }

    @Test func saysWhatToDo() {
        let errors: [BindingError] = [
            .unloaded(route: "adder ^1"), .tooManyThreads(route: "adder ^1"),
            .noSuchExport(route: "adder ^1", index: 3),
        ]
        for error in errors { #expect(error.description.hasPrefix("adder ^1: ")) }
    }
}
