import Compatibility
import PluginHost
import TestSupport
import Testing

@testable import ControlPlane

/// The client's side of swaps and routes, against a host.
@Suite struct SwapOverSocketTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func plugin(_ name: String, _ version: String) throws -> String {
        try Fixture.build(
            """
            #include <switchboard.h>
            SWB_MANIFEST("name = \(name)\\n" "version = \(version)\\n" "export = tell message\\n");
            SWB_MESSAGE(tell) { return swb_reply_text(call, "\(name) \(version)"); }
            """, named: "\(name)-\(version)", into: folder)
    }

    @Test func revertsAndCommitsWhatIsOnProbation() async throws {
        let (old, new) = (try plugin("teller", "1.0.0"), try plugin("teller", "1.1.0"))
        try await withServer { path in
            let client = ControlClient(socketPath: path)
            func tell() throws -> String { String(decoding: try client.call("teller", "tell", []), as: UTF8.self) }
            _ = try client.load(old)
            let swapped = try client.swap("teller", to: new, .init(probation: .seconds(3600)))
            #expect(swapped.probation == 3600 && swapped.retired == .ready)
            #expect(try tell() == "teller 1.1.0")
            let reverted = try client.revert("teller")
            #expect(reverted.new.version.description == "1.0.0" && reverted.new.generation == 1)
            #expect(try tell() == "teller 1.0.0")
            let isConflict: (any Error) -> Bool = { ($0 as? ControlError)?.code == "conflict" }
            #expect { try client.revert("teller") } throws: { isConflict($0) }
            #expect { try client.commit("teller") } throws: { isConflict($0) }
            _ = try client.swap("teller", to: new, .init(probation: .seconds(3600)))
            let committed = try client.commit("teller")
            #expect(committed.committed.version.description == "1.1.0")
            #expect(committed.retired.map(\.stamp.generation) == [1] && committed.retired.first?.outcome == .unmapped)
            #expect(try client.list().plugins.map(\.stamp.version.description) == ["1.1.0"])
        }
    }

    @Test func swapsSeveralPluginsOrNone() async throws {
        let (a1, a2) = (try plugin("a", "1.0.0"), try plugin("a", "1.1.0"))
        let (b1, b2) = (try plugin("b", "1.0.0"), try plugin("b", "1.1.0"))
        let missing = folder.file("missing.so")
        try await withServer { path in
            let client = ControlClient(socketPath: path)
            for file in [a1, b1] { _ = try client.load(file) }
            #expect { try client.swap(together: [("a", a2), ("b", missing)]) } throws: {
                ($0 as? ControlError)?.exit == 4
            }
            #expect(try client.list().plugins.map(\.stamp.version.description) == ["1.0.0", "1.0.0"])
            let dry = try client.swap(together: [("a", a2), ("b", b2)], .init(isDryRun: true))
            #expect(dry.swaps.map(\.isDryRun) == [true, true])
            #expect(try client.list().plugins.map(\.stamp.version.description) == ["1.0.0", "1.0.0"])
            let reply = try client.swap(together: [("b", b2), ("a", a2)])
            #expect(reply.swaps.map(\.plugin) == ["b", "a"], "in the order of the request")
            #expect(reply.swaps.map(\.new.version.description) == ["1.1.0", "1.1.0"])
            #expect(try client.list().plugins.map(\.stamp.version.description) == ["1.1.0", "1.1.0"])
        }
    }

    @Test func showsAndChangesRoutes() async throws {
        let (old, new) = (try plugin("teller", "1.0.0"), try plugin("teller", "1.1.0"))
        try await withServer { path in
            let client = ControlClient(socketPath: path)
            #expect(try client.routes().routes.isEmpty)
            for file in [old, new] { _ = try client.load(file) }
            let second = try SemanticVersion("1.1.0")
            let open = try client.changeRoute("teller", "^1", by: .canary(second, basisPoints: 1))
            #expect(open.canary?.version == second && open.canary?.basisPoints == 1)
            #expect(open.main?.version.description == "1.0.0")
            let fixed = try client.changeRoute("teller", "^1", by: .fix(second))
            #expect(fixed.main?.version == second)
            #expect(try client.routes().routes == [fixed])
            #expect(try client.routes("teller").routes == [fixed])
            #expect(try client.routes("teller", "^1").routes == [fixed])
            #expect(try client.routes("somebody").routes.isEmpty)
            #expect { try client.routes("teller", "^2") } throws: {
                ($0 as? ControlError)?.exit == 4 && "\($0)".contains("the plugin's routes: ^1")
            }
            #expect { try client.changeRoute("teller", "^1", by: .canary(second, basisPoints: 10_001)) } throws: {
                ($0 as? ControlError)?.exit == 2
            }
        }
    }
}
