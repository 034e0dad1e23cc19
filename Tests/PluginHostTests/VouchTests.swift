import PluginHost
import TestSupport
import Testing

/// What no author can vouch for.
@Suite struct VouchTests {
    /// A plain C plugin that brings a Swift library along was unmapped together with it on its author's word: the library's
    /// metadata stayed registered with the runtime, and the next look at it crashed the host.
    @Test func aVouchedPluginThatBringsASwiftLibraryStays() async throws {
        try await withHost { host, folder in
            let source = try folder.write(
                "public protocol Shape {}\npublic struct Dot: Shape {}\n@c public func dots() -> Int32 { 7 }\n",
                to: "shapes.swift")
            let library = try Command.run([
                "swiftc", "-parse-as-library", "-emit-library", "-module-name", "Shapes", source, "-o",
                folder.file("libshapes.so"),
            ])
            try #require(library.exitCode == 0, "\(library.stderr)")
            let path = try Fixture.build(
                """
                #include <switchboard.h>
                SWB_MANIFEST("name = carrier\\n" "version = 1.0.0\\n" "export = answer\\n" "unload = clean\\n");
                int32_t dots(void);
                SWB_EXPORT int32_t answer(void) { return dots(); }
                """, named: "carrier",
                flags: ["-L\(folder.path)", "-lshapes", "-Wl,-rpath,\(folder.path)"], into: folder)
            #expect(try await host.load(path).unloadClass == .resident)
            #expect(try host.bind("carrier", "^1", answer)({ $0() }) == 7)
            let reply = try await host.unload("carrier")
            guard case .resident(let reason) = reply.retired.first?.outcome else {
                Issue.record("it was unmapped")
                return
            }
            #expect(reason.contains("libshapes.so"))
            #expect([1 as Any].contains { $0 is any CustomStringConvertible })
        }
    }
}
