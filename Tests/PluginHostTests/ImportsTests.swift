import CPluginABI
import Compatibility
import PluginLoading
import PluginRegistry
import TestSupport
import Testing

@testable import PluginHost

/// A plugin that calls another through `swb.imports.v1`, with the rules of the registry behind it.
@Suite(.timeLimit(.minutes(2))) struct ImportsTests {
    @Test func theRequiredPluginIsSwappedUnderItsImporter() async throws {
        try await withImporter { host, importer, folder in
            #expect(try importer.ask() == 1)
            #expect(try importer.send("relay") == Reply(0, "1.0.0 says 1"))
            _ = try await host.swap("answers", to: Plugins.answers("1.1.0", answer: 2, into: folder))
            #expect(try importer.ask() == 2)
            #expect(try importer.send("relay") == Reply(0, "1.1.0 says 2"))
            #expect(try importer.send("misuse") == Reply(0, "0"))
            _ = try await host.unload("answers")
            #expect(try importer.ask() == -1)
            #expect(try importer.send("relay") == Reply(Int32(SWB_IMPORT_NOTHING_SERVES), ""))
        }
    }

    @Test func whatCannotBeBoundIsToldByItsCode() async throws {
        try await withImporter { host, importer, _ in
            #expect(try importer.send("try_bind", "answers answer") == Reply(0, "0"))
            #expect(try importer.send("try_bind", "others answer") == Reply(0, "\(SWB_IMPORT_NOT_REQUIRED)"))
            #expect(try importer.send("try_bind", "answers question") == Reply(0, "\(SWB_IMPORT_NO_SUCH_EXPORT)"))
            _ = try await host.unload("answers")
            #expect(try importer.send("try_bind", "answers other") == Reply(0, "\(SWB_IMPORT_NOTHING_SERVES)"))
            importer.generation.table.beginStopping()
            #expect(try importer.send("try_bind", "answers answer") == Reply(0, "\(SWB_IMPORT_WRONG_PHASE)"))
        }
    }

    @Test func aHostWithoutImportsOffersNone() async throws {
        try await withHost { host, folder in
            let path = try Plugins.build("imports_answers.c", flags: ["-DRANGE=\"^1\""], into: folder)
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            guard case .fresh(let image, let version, _, _) = try await host.open(path, for: .load) else { return }
            let generation = Generation(number: 99, version: version, image: image, log: { _ in })
            await #expect(throws: Generation.StartFailure.self) { try await generation.start(within: .seconds(30)) }
            #expect(image.close() == .unmapped)
        }
    }

    private func withImporter(
        _ body: (PluginHost, Importer, TemporaryFolder) async throws -> Void
    ) async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let path = try Plugins.build("imports_answers.c", flags: ["-DRANGE=\"^1\""], into: folder)
            guard case .fresh(let image, let version, _, _) = try await host.open(path, for: .load) else { return }
            let generation = Generation(
                number: 99, version: version, image: image, log: { _ in },
                bind: { [unowned host] plugin, symbol in host.bindForTest(plugin, symbol) })
            try await generation.start(within: .seconds(30))
            try await body(host, Importer(generation: generation), folder)
            #expect(await generation.stop(within: .seconds(30)) == nil)
            #expect(image.close() == .unmapped)
        }
    }
}

private struct Reply: Equatable {
    let code: Int32
    let text: String

    init(_ code: Int32, _ text: String) {
        self.code = code
        self.text = text
    }
}

/// `imports_answers.c`, called by its addresses: it is in no catalog.
private struct Importer {
    let generation: Generation

    func ask() throws -> Int32 {
        unsafeBitCast(try address("ask"), to: (@convention(c) () -> Int32).self)()
    }

    func send(_ symbol: String, _ request: String = "") throws -> Reply {
        let function = unsafeBitCast(try address(symbol), to: MessageFunction.self)
        let (code, reply) = Array(request.utf8).withUnsafeBufferPointer {
            MessageCall.run(function, nil, generation.table.pointer, $0, deadline: 0, limit: 4096)
        }
        return Reply(code, String(decoding: reply, as: UTF8.self))
    }

    private func address(_ symbol: String) throws -> UInt { try #require(generation.image.exports[symbol]) }
}

extension PluginHost {
    /// Binds in ^1, for an importer that requires answers alone.
    fileprivate func bindForTest(_ plugin: String, _ symbol: String) -> Result<ImportedExport, ImportRefusal> {
        guard plugin == "answers", let range = try? VersionRange("^1") else { return .failure(.notRequired) }
        return state.withLock { state in
            guard state.catalog.generations(of: plugin).contains(where: { range.contains($0.version) }) else {
                return .failure(.nothingServes)
            }
            guard let (key, change) = try? state.catalog.bind(plugin, range, symbol, as: nil) else {
                return .failure(.noSuchExport)
            }
            _ = state.publish(change)
            guard let route = state.routes[key]?.route, let index = state.indices[plugin]?[symbol] else {
                return .failure(.noSuchExport)
            }
            if symbol == "tell", let binding: Binding<MessageFunction> = try? route.binding(index) {
                return .success(.message(binding, replyLimit: 4096))
            }
            guard let binding: Binding<@convention(c) () -> Void> = try? route.binding(index) else {
                return .failure(.noSuchExport)
            }
            return .success(.function(binding))
        }
    }
}
