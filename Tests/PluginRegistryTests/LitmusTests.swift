import CPin
import PluginRegistry
import Testing

@Suite struct LitmusTests {
    /// Half of the proof in cpin.h that no other test sees: without W2 a pin is not safe, with it it is.
    @Test func needsTheHeavyFence() async throws {
        let result = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
            try Pins.start()
            let without = cpin_testing_litmus(false, 2.5)
            let with = cpin_testing_litmus(true, 2.5)
            print("litmus without W2: \(without), with W2: \(with)")
            if without.violations == 0 { print("litmus: inconclusive, the missing fence did not show on this machine") }
            #expect(with.violations == 0)
            #expect(without.swaps == 0 || with.pins > 0)
        }
        print(
            String(decoding: result.standardOutputContent, as: UTF8.self).split(separator: "\n").filter {
                $0.hasPrefix("litmus")
            })
    }
}
