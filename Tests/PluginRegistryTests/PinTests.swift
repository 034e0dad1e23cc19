import PluginRegistry
import Testing

/// Pins on a target that is on no route.
@Suite struct PinTests {
    @Test func countsAsACallUntilItGoes() throws {
        try Pins.start()
        let target = target([add, multiply])
        do {
            let pin = try Pin(on: target, 1, label: "here")
            #expect(pin(as: Add.self) { function, _, _ in function(3, 4) } == 12)
            #expect(target.holders.map(\.slotIndex) == [1])
            let nested = try Pin(on: target, 0, label: "here")
            #expect(nested(as: Add.self) { function, _, _ in function(3, 4) } == 7)
            #expect(target.callCount == 2)
        }
        #expect(target.callCount == 0)
    }

    @Test func refusesAnExportThatTheTargetLacks() throws {
        try Pins.start()
        let target = target([add, nil])
        for index in [1, 2, -1] {
            #expect(throws: BindingError.noSuchExport(route: "here", index: index)) {
                _ = try Pin(on: target, index, label: "here")
            }
        }
        #expect(target.callCount == 0)
    }
}
