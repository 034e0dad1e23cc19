import PluginHost
import TestSupport
import Testing

@Suite struct AdderTests {
    @Test func callsACPluginThroughAllLayers() async throws {
        let folder = try TemporaryFolder()
        let path = try Fixture.build(
            """
            #include <switchboard.h>
            SWB_MANIFEST("name = adder\\n" "version = 1.2.0\\n" "export = add\\n");
            SWB_EXPORT int32_t add(int32_t a, int32_t b) { return a + b; }
            """, named: "adder", into: folder)
        let host = try PluginHost(HostConfiguration(stagingDirectory: folder.path + "/staging"))
        let reply = try await host.load(path)
        #expect(reply.plugin == "adder")
        let add = try host.bind("adder", "^1.2", Export("add", as: (@convention(c) (Int32, Int32) -> Int32).self))
        #expect(try add { $0(2, 3) } == 5)
        print(host.list(), reply)
        await host.shutdown()
        #expect(throws: BindingError.self) { try add { $0(2, 3) } }
    }
}
