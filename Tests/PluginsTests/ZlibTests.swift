import Foundation
import PluginHost
import TestSupport
import Testing

/// A library that nobody here wrote, made a plugin by a text beside it: the system's zlib, and another release's.
@Suite(.serialized)
struct ZlibTests {
    typealias Checksum = @convention(c) (UInt, UnsafePointer<UInt8>?, UInt32) -> UInt
    typealias Compress =
        @convention(c) (
            UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt>?, UnsafePointer<UInt8>?, UInt, Int32
        ) -> Int32
    typealias Uncompress =
        @convention(c) (
            UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt>?, UnsafePointer<UInt8>?, UInt
        ) -> Int32
    typealias Version = @convention(c) () -> UnsafePointer<CChar>?

    /// The types that this program was written for, as `plugctl contract digest` prints them of zlib.h.
    enum Types {
        static let crc32 = "1ec2b388d2b53778"
        static let adler32 = "1ec2b388d2b53778"
        static let compress2 = "c2db54f983fe00e2"
        static let uncompress = "ec5744ffab04f2fa"
        static let zlibVersion = "b811f4675d888dd2"
    }

    /// What a host's program binds of zlib.
    struct Zlib: Sendable {
        let crc32: Binding<Checksum>
        let adler32: Binding<Checksum>
        let compress2: Binding<Compress>
        let uncompress: Binding<Uncompress>
        let version: Binding<Version>

        init(_ host: PluginHost) throws {
            crc32 = try host.bind("zlib", "^1", Export("crc32", as: Checksum.self, type: Types.crc32))
            adler32 = try host.bind("zlib", "^1", Export("adler32", as: Checksum.self, type: Types.adler32))
            compress2 = try host.bind("zlib", "^1", Export("compress2", as: Compress.self, type: Types.compress2))
            uncompress = try host.bind("zlib", "^1", Export("uncompress", as: Uncompress.self, type: Types.uncompress))
            version = try host.bind("zlib", "^1", Export("zlibVersion", as: Version.self, type: Types.zlibVersion))
        }

        func crc(of text: String) throws -> UInt { try crc32 { $0(0, Array(text.utf8), UInt32(text.utf8.count)) } }

        func adler(of text: String) throws -> UInt {
            try adler32 { $0(1, Array(text.utf8), UInt32(text.utf8.count)) }
        }

        func deflated(_ bytes: [UInt8], level: Int32) throws -> [UInt8] {
            var result = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 64)
            var count = UInt(result.count)
            let code = try compress2 { $0(&result, &count, bytes, UInt(bytes.count), level) }
            try #require(code == 0)
            return Array(result[..<Int(count)])
        }

        func inflated(_ bytes: [UInt8], room: Int) throws -> [UInt8] {
            var result = [UInt8](repeating: 0, count: room)
            var count = UInt(room)
            let code = try uncompress { $0(&result, &count, bytes, UInt(bytes.count)) }
            try #require(code == 0)
            return Array(result[..<Int(count)])
        }

        /// Whether everything that is known beforehand comes out.
        func isRight(_ text: [UInt8], _ level: Int32) throws -> Bool {
            guard try crc(of: "123456789") == 0xcbf4_3926, try adler(of: "Wikipedia") == 0x11e6_0398 else {
                return false
            }
            return try inflated(deflated(text, level: level), room: text.count) == text
        }
    }

    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// The system's library, links resolved; `nil` where the package zlib1g is not installed.
    static let system: String? = ["x86_64-linux-gnu/", "aarch64-linux-gnu/", ""].lazy
        .map { "/usr/lib/\($0)libz.so.1" }.first { FileManager.default.fileExists(atPath: $0) }
        .map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path }

    /// Another release's library, or why there is none, in words.
    static let other = Result { () throws -> String in
        let script = try Command.run(["\(repository)/scripts/build-zlib"])
        guard script.exitCode == 0 else { throw TestSupportError(script.stderr) }
        return script.stdout.split(separator: "\n").map(String.init).last ?? ""
    }

    /// A link to a library with its sidecar beside it, as an operator would lay them; the library's version.
    static func lay(_ library: String, into folder: TemporaryFolder) throws -> (path: String, version: String) {
        let version = library.split(separator: ".").suffix(3).joined(separator: ".")
        let own = folder.file(version)
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: "\(own)/libz.so.1", withDestinationPath: library)
        let texts = "\(repository)/Plugins/Zlib"
        let text = try String(contentsOfFile: "\(texts)/1.2.13/libz.so.1.manifest", encoding: .utf8)
        let written = "\(texts)/\(version)/libz.so.1.manifest"
        // Another distribution's release has the same functions.
        let manifest =
            FileManager.default.fileExists(atPath: written)
            ? try String(contentsOfFile: written, encoding: .utf8)
            : text.replacingOccurrences(of: "version = 1.2.13", with: "version = \(version)")
        try manifest.write(toFile: "\(own)/libz.so.1.manifest", atomically: true, encoding: .utf8)
        // The contract of one release is that of the other: a test below says so.
        try FileManager.default.copyItem(
            atPath: "\(texts)/1.2.13/libz.so.1.contract", toPath: "\(own)/libz.so.1.contract")
        return ("\(own)/libz.so.1", version)
    }

    @Test(.enabled("install the package zlib1g") { system != nil })
    func theSystemsZlibIsAPlugin() async throws {
        let folder = try TemporaryFolder()
        let (path, version) = try Self.lay(#require(Self.system), into: folder)
        let host = try PluginHost()
        let loaded = try await host.load(path)
        #expect(loaded.plugin == "zlib" && loaded.loaded.version.description == version)
        let zlib = try Zlib(host)
        // The check values that every implementation names: ITU-T V.42 of "123456789"; RFC 1950's Adler-32.
        #expect(try zlib.crc(of: "123456789") == 0xcbf4_3926)
        #expect(try zlib.crc(of: "") == 0)
        #expect(try zlib.crc(of: "The quick brown fox jumps over the lazy dog") == 0x414f_a339)
        #expect(try zlib.adler(of: "Wikipedia") == 0x11e6_0398)
        #expect(try zlib.adler(of: "") == 1)
        // RFC 1950: the first byte is 0x78 for a window of 32 KiB, and the two are a multiple of 31.
        let text = Array(String(repeating: "to be or not to be, ", count: 500).utf8)
        for level: Int32 in 0...9 {
            let small = try zlib.deflated(text, level: level)
            #expect(small[0] == 0x78 && (Int(small[0]) * 256 + Int(small[1])) % 31 == 0)
            #expect(level == 0 ? small.count > text.count : small.count < text.count / 20)
            #expect(try zlib.inflated(small, room: text.count) == text)
        }
        #expect(try zlib.version { $0().map { String(cString: $0) } } == version)
        await host.shutdown()
    }

    /// Two real builds take each other's place under four threads, and no call notices.
    @Test(
        .enabled("two builds of zlib are at hand: scripts/build-zlib says what is missing") {
            guard system != nil, case .failure(let error) = other else { return system != nil }
            print("ZlibTests: the swap between two builds was not tested: \(error)")
            return false
        })
    func twoBuildsAreSwappedUnderLoad() async throws {
        let folder = try TemporaryFolder()
        let builds = try [#require(Self.system), Self.other.get()].map { try Self.lay($0, into: folder) }
        try #require(builds[0].version != builds[1].version)
        let host = try PluginHost()
        _ = try await host.load(builds[0].path)
        let zlib = try Zlib(host)
        let text = Array(String(repeating: "swapped while it is compressed; ", count: 100).utf8)
        let callers = try CallingThreads(4) { try zlib.isRight(text, 6) }
        for round in 1...40 {
            let build = builds[round % 2]
            let swapped = try await host.swap("zlib", to: build.path)
            #expect(swapped.new.version.description == build.version)
            #expect(try zlib.version { $0().map { String(cString: $0) } } == build.version)
        }
        #expect(try await callers.finish() == [])
        await host.shutdown()
    }

    /// The system's zlib.h, and the release that it is of; `nil` where the package zlib1g-dev is not installed, or is of a
    /// release that has no texts here.
    private static let header: (path: String, version: String)? = {
        let path = "/usr/include/zlib.h"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let match = text.firstMatch(of: /#define ZLIB_VERSION "([0-9.]+)"/),
            FileManager.default.fileExists(atPath: "\(repository)/Plugins/Zlib/\(match.1)")
        else { return nil }
        return (path, String(match.1))
    }()

    @Test(.enabled("install the package zlib1g-dev, of a release that Plugins/Zlib has texts for") { header != nil })
    func typesAreThoseOfTheSystemsHeader() throws {
        let header = try #require(Self.header)
        let texts = "\(Self.repository)/Plugins/Zlib/\(header.version)"
        let plugctl = BuiltProgram.path("plugctl")
        let verified = try Command.run([
            plugctl, "contract", "snapshot", header.path, "--verify", "\(texts)/libz.so.1.contract",
        ])
        #expect(verified.exitCode == 0, "\(verified.stdout)\(verified.stderr)")
        let computed = try Command.run([plugctl, "contract", "digest", header.path, "--except", "gzvprintf"])
        #expect(computed.exitCode == 0, "\(computed.stderr)")
        let lines = Set(computed.stdout.split(separator: "\n"))
        let declared = try String(contentsOfFile: "\(texts)/libz.so.1.manifest", encoding: .utf8)
            .split(separator: "\n").filter { $0.hasPrefix("export = ") }
        #expect(declared.count == 6 && lines.isSuperset(of: declared), "\(declared)")
    }

    /// Two releases by their contracts: what a minor step may bring, and it brings less.
    @Test func theNewerReleaseKeepsTheContract() throws {
        let texts = "\(Self.repository)/Plugins/Zlib"
        let compared = try Command.run([
            BuiltProgram.path("plugctl"), "compare", "\(texts)/1.2.13/libz.so.1.contract",
            "\(texts)/1.3.1/libz.so.1.contract", "--declared", "1.2.13..1.3.1",
        ])
        #expect(
            compared.stdout
                == "zlib.h 1.2.13 to 1.3.1: compatible\n  declared 1.2.13..1.3.1 is a minor step, and nothing differs\n"
        )
        for version in ["1.2.13", "1.3.1"] {
            let digests = try Command.run([
                BuiltProgram.path("plugctl"), "contract", "digest", "\(texts)/\(version)/libz.so.1.contract",
            ])
            let declared = try String(contentsOfFile: "\(texts)/\(version)/libz.so.1.manifest", encoding: .utf8)
                .split(separator: "\n").filter { $0.hasPrefix("export = ") }
            #expect(Set(digests.stdout.split(separator: "\n")).isSuperset(of: declared), "\(version)")
        }
    }

    /// A host that was written for another type is told in C what it got.
    @Test(.enabled("install the package zlib1g") { system != nil })
    func anotherTypeIsRefusedInC() async throws {
        let folder = try TemporaryFolder()
        let (path, _) = try Self.lay(#require(Self.system), into: folder)
        let host = try PluginHost()
        _ = try await host.load(path)
        let error = #expect(throws: PluginHostError.self) {
            try host.bind("zlib", "^1", Export("crc32", as: Checksum.self, type: Types.compress2))
        }
        #expect(error?.code == "contract.type")
        #expect(
            error?.description.contains("unsigned long crc32(unsigned long, const unsigned char *, unsigned int)")
                == true,
            "\(error.map { "\($0)" } ?? "")")
        await host.shutdown()
    }
}
