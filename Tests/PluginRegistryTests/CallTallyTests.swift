import PluginRegistry
import Testing

@Suite struct CallTallyTests {
    @Test func countsCallsOfManyThreads() throws {
        let tally = CallTally()
        let binding: Binding<Add> = try route(serving: target([add])).binding(0)
        let threads = (0..<20).map { thread in
            OSThread {
                for call in 0..<1_000 {
                    _ = try? binding { $0(1, 1) }
                    tally.count(failed: call % 10 == thread % 10)
                    let (calls, failures) = tally.read()
                    precondition(failures <= calls)
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(tally.read() == (20_000, 2_000))
    }

    @Test func countsForThreadsThatNeverCalled() {
        let tally = CallTally()
        OSThread { tally.count(failed: false) }.join()
        #expect(tally.read() == (1, 0))
    }
}

@Suite struct RaisedFlagTests {
    @Test func staysRaised() {
        let flag = RaisedFlag()
        #expect(!flag.isRaised)
        let thread = OSThread { while !flag.isRaised {} }
        flag.raise()
        flag.raise()
        thread.join()
        #expect(flag.isRaised)
    }
}
