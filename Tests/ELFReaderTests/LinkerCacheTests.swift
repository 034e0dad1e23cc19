import ELFReader
import Glibc
import TestSupport
import Testing

struct LinkerCacheTests {
    /// A cache with these entries: name, path, flags, index of a capability or `nil`.
    static func bytes(
        _ entries: [(String, String, UInt32, UInt32?)], capabilities: [String] = [], old: Bool = false
    ) -> [UInt8] {
        var texts: [UInt8] = []
        let textStart = 48 + 24 * entries.count
        func offset(_ text: String) -> UInt32 {
            defer { texts += Array(text.utf8) + [0] }
            return UInt32(textStart + texts.count)
        }
        var table: [UInt8] = []
        for (name, path, flags, capability) in entries {
            table += word(flags) + word(offset(name)) + word(offset(path)) + word(0)
            table += word(capability ?? 0) + word(capability == nil ? 0 : 1 << 30)
        }
        let names = capabilities.map(offset)
        while texts.count % 4 != 0 { texts.append(0) }
        let extensionStart = UInt32(textStart + texts.count)
        var header = Array("glibc-ld.so.cache1.1".utf8) + word(UInt32(entries.count)) + word(UInt32(texts.count))
        header += [2, 0, 0, 0] + word(capabilities.isEmpty ? 0 : extensionStart) + [UInt8](repeating: 0, count: 12)
        var cache = header + table + texts
        if !capabilities.isEmpty {
            cache += word(0xeaa4_2174) + word(1) + word(1) + word(0) + word(extensionStart + 24)
            cache += word(UInt32(4 * names.count)) + names.flatMap(word)
        }
        if old { cache = Array("ld.so-1.7.0\0".utf8) + word(1) + [UInt8](repeating: 1, count: 12 + 4) + cache }
        return cache
    }

    static func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    static func cache(_ bytes: [UInt8]) -> LinkerCache? { LinkerCache(parsing: bytes.span.bytes) }

    @Test(arguments: [false, true])
    func findsTheFileForThisMachine(_ old: Bool) throws {
        let cache = try #require(
            Self.cache(
                Self.bytes(
                    [("liba.so.1", "/32/liba.so.1", 3, nil), ("liba.so.1", "/64/liba.so.1", 0x303, nil)], old: old)))
        #expect(cache.path(of: "liba.so.1", flags: 0x303, capabilities: []) == "/64/liba.so.1")
        #expect(cache.path(of: "liba.so.1", flags: 0xa03, capabilities: []) == nil)
        #expect(cache.path(of: "libb.so.1", flags: 0x303, capabilities: []) == nil)
    }

    @Test(arguments: [([], "/p/l"), (["x86-64-v2"], "/v2/l"), (["x86-64-v3", "x86-64-v2"], "/v3/l")])
    func prefersTheBestFolderOfThisMachine(_ capabilities: [String], _ path: String) throws {
        let cache = try #require(
            Self.cache(
                Self.bytes(
                    [("l", "/v2/l", 0x303, 0), ("l", "/v3/l", 0x303, 1), ("l", "/p/l", 0x303, nil)],
                    capabilities: ["x86-64-v2", "x86-64-v3"])))
        #expect(cache.path(of: "l", flags: 0x303, capabilities: capabilities) == path)
    }

    /// A file of 1 MB whose entries share one path of 4,000 bytes would take 160 MB.
    @Test(arguments: [(8_000, true), (40_000, false)])
    func copiesOfASharedTextAreLimited(_ count: Int, _ isRead: Bool) {
        let (name, path) = (UInt32(48 + 24 * count), UInt32(48 + 24 * count + 2))
        var bytes = Array("glibc-ld.so.cache1.1".utf8) + Self.word(UInt32(count)) + Self.word(4003)
        bytes += [2, 0, 0, 0] + [UInt8](repeating: 0, count: 16)
        for _ in 0..<count { bytes += [name, path].reduce(Self.word(0x303)) { $0 + Self.word($1) } + Self.zeros(12) }
        bytes += Array("l\0/".utf8) + [UInt8](repeating: 0x70, count: 3999) + [0]
        let cache = Self.cache(bytes)
        #expect((cache != nil) == isRead)
        if isRead { #expect(cache?.path(of: "l", flags: 0x303, capabilities: [])?.utf8.count == 4000) }
    }

    @Test func agreesWithLdconfig() throws {
        let real = try #require(Self.cache(try readFile("/etc/ld.so.cache")))
        let listed = try Command.run(["/sbin/ldconfig", "-p"]).stdout
        var count = 0
        for line in listed.split(separator: "\n").dropFirst() where line.contains("libc6,x86-64)") {
            let parts = line.split(separator: " ")
            guard let name = parts.first, let path = parts.last else { continue }
            let found = try #require(
                real.path(of: String(name.drop { $0 == "\t" }), flags: 0x303, capabilities: []), "\(line)")
            #expect(found == path)
            count += 1
        }
        #expect(count > 100)
    }

    /// Every prefix and every changed byte of a small cache, and words that lead far away.
    @Test func nothingInTheBytesTraps() {
        let whole = Self.bytes(
            [("l", "/v2/l", 0x303, 0), ("l", "/p/l", 0x303, nil)], capabilities: ["x86-64-v2"], old: true)
        for count in whole.indices {
            _ = Self.cache(Array(whole[..<count]))
            for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
                var changed = whole
                changed[count] = value
                _ = Self.cache(changed)?.path(of: "l", flags: 0x303, capabilities: ["x86-64-v2"])
            }
            if count + 4 <= whole.count {
                var changed = whole
                changed.replaceSubrange(count..<count + 4, with: [0xff, 0xff, 0xff, 0xff])
                _ = Self.cache(changed)?.path(of: "l", flags: 0x303, capabilities: ["x86-64-v2"])
            }
        }
        #expect(Self.cache([]) == nil)
        #expect(Self.cache(Array("glibc-ld.so.cache1.0".utf8) + [UInt8](repeating: 0, count: 100)) == nil)
    }
}
