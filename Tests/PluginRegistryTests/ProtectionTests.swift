import CPin
import PluginRegistry
import Testing

@Suite struct ProtectionTests {
    @Test func isDecidedByTheFirstStart() async {
        await #expect(processExitsWith: .success) {
            #expect(Pins.protection == nil)
            let first = try Pins.start(sequential: true)
            #expect(first)
            #expect(Pins.protection == .sequential)
            let second = try Pins.start()
            #expect(!second)
            #expect(Pins.protection == .sequential)
        }
    }

    @Test func isAsymmetricWhereTheKernelAllows() throws {
        try Pins.start()
        #expect(Pins.protection == .asymmetric)
    }

    @Test func startsSequentiallyWhereMembarrierIsForbidden() async {
        await #expect(processExitsWith: .success) {
            #expect(cpin_testing_forbid_membarrier() == 0)
            let route = try route(serving: target([add]))
            #expect(Pins.protection == .sequential)
            let binding: Binding<Add> = try route.binding(0)
            #expect(try binding { $0(2, 3) } == 5)
            let reclaimer = try Reclaimer()
            let old = try #require(route.publish(nil))
            guard case .drained = await reclaimer.drain([old], limit: .seconds(60)) else {
                Issue.record("not drained")
                return
            }
            await reclaimer.shutdown()
        }
    }

    @Test func reclaimsNothingOnceMembarrierFails() async {
        await #expect(processExitsWith: .success) {
            let route = try route(serving: target([add]))
            let binding: Binding<Add> = try route.binding(0)
            let reclaimer = try Reclaimer()
            #expect(try binding { $0(2, 3) } == 5)
            #expect(Pins.protection == .asymmetric)
            #expect(cpin_testing_forbid_membarrier() == 0)

            for round in 1...3 {
                let drained = try #require(route.publish(target([multiply])))
                #expect(await reclaimer.drain([drained], limit: .seconds(60)) == .degraded)
                #expect(Pins.protection == .degraded)
                #expect(try binding { $0(2, 3) } == 6)
                #expect(Target.liveCount == round + 1)
            }
            await reclaimer.shutdown()
            #expect(Target.liveCount == 4)
        }
    }
}
