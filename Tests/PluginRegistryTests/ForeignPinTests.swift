import PluginRegistry
import Testing

/// Pins that are given back by a word, as C code does.
@Suite struct ForeignPinTests {
    @Test func countsAsACallUntilItsWordIsGivenBack() throws {
        let first = target([add, multiply])
        let route = try route(serving: first)
        let binding: Binding<Add> = try route.binding(1)
        let pin = try #require(binding.foreignPin())
        #expect(pin.function(3, 4) == 12)
        #expect(first.holders.map(\.slotIndex) == [1])
        route.publish(target([add, add]))
        let nested = try #require(binding.foreignPin())
        #expect(nested.function(3, 4) == 7)
        #expect(pin.function(3, 4) == 12, "what it entered is still there")
        Pins.giveBack(nested.word)
        #expect(first.callCount == 1)
        Pins.giveBack(pin.word)
        #expect(first.callCount == 0)
        Pins.giveBack(0)
    }

    @Test func onAnEmptyRouteNothingIsHeld() throws {
        let route = try route()
        let binding: Binding<Add> = try route.binding(0)
        #expect(binding.foreignPin().map(\.word) == nil)
        // More often than a thread has cells: none of them was kept.
        for _ in 0..<200 { #expect(binding.foreignPin().map(\.word) == nil) }
        let target = target([add])
        route.publish(target)
        let pin = try #require(binding.foreignPin())
        #expect(target.callCount == 1)
        Pins.giveBack(pin.word)
    }
}
