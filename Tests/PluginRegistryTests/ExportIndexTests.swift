import PluginRegistry
import Testing

@Suite struct ExportIndexTests {
    @Test func keepsAPositionOnceGiven() {
        var index = ExportIndex()
        #expect(index["add"] == nil)
        let first = index.position(of: "add")
        let second = index.position(of: "divide")
        #expect(index.position(of: "add") == first)
        #expect(index["divide"] == second)
        #expect([first, second] == [0, 1])
        #expect(index.count == 2)
    }

    @Test func tablesOfAllVersionsAgree() {
        var index = ExportIndex()
        let one = UnsafeMutableRawPointer(bitPattern: 1)!
        let two = UnsafeMutableRawPointer(bitPattern: 2)!
        #expect(index.table(of: ["b": one, "a": two]) == [two, one])
        #expect(index.table(of: ["c": one]) == [nil, nil, one])
        #expect(index.table(of: ["a": one, "c": two]) == [one, nil, two])
    }
}
