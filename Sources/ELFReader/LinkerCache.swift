/// The dynamic linker's cache of libraries, /etc/ld.so.cache (ldconfig(8); glibc's dl-cache.h, format
/// "glibc-ld.so.cache" version "1.1").
///
/// A header of 48 bytes, entries of 24 bytes, texts, and since glibc 2.33 an extension with the names of the
/// `glibc-hwcaps` folders. An older cache may stand before it ("ld.so-1.7.0"), and is skipped.
package struct LinkerCache: Sendable, Equatable {
    /// One file for a name.
    struct Entry: Sendable, Equatable {
        /// Absolute path.
        var path: String
        /// Which libraries it is for: C library and machine (`_DL_CACHE_DEFAULT_ID`), or 1 for all.
        var flags: UInt32
        /// The `glibc-hwcaps` folder that it comes from, "x86-64-v3"; empty for the plain file.
        var capability: String
    }

    private let entries: [String: [Entry]]

    /// How many names it knows.
    package var count: Int { entries.count }

    /// Of a cache, in bytes: a system with 5,000 libraries has 500 KB.
    package static let sizeLimit = 16 << 20
    private static let entryLimit = 1 << 17
    private static let textLimit = 4096
    /// Bytes of all names and paths together that are copied: entries may share one long text.
    private static let textBudget = 2 * sizeLimit

    /// Reads a cache; `nil` where the bytes are none in this format.
    ///
    /// Never traps; entries whose texts lie outside the file are left out, as the dynamic linker passes them over. `nil`
    /// also where entries share texts so often that the copies would take over twice the largest file.
    package init?(parsing bytes: RawSpan) {
        guard bytes.byteCount <= Self.sizeLimit, let start = Self.start(bytes),
            let header = bytes.range(at: start, count: 48)?.lowerBound
        else { return nil }
        // The lowest two bits: 2 is little-endian, 0 what old ldconfigs wrote.
        guard [0, 2].contains(bytes.u8(header + 28) & 3) else { return nil }
        let count = Int(bytes.u32(header + 20))
        guard count <= Self.entryLimit,
            let table = bytes.range(at: start + 48, count: UInt64(count) * 24)
        else { return nil }
        let capabilities = Self.capabilities(bytes, header, start)
        var entries: [String: [Entry]] = [:]
        entries.reserveCapacity(count)
        var budget = Self.textBudget
        for offset in Swift.stride(from: table.lowerBound, to: table.upperBound, by: 24) {
            guard let name = Self.text(bytes, start + UInt64(bytes.u32(offset + 4))),
                let path = Self.text(bytes, start + UInt64(bytes.u32(offset + 8))), path.utf8.first == 0x2f
            else { continue }
            budget -= name.utf8.count + path.utf8.count
            guard budget >= 0 else { return nil }
            let hardware = bytes.u64(offset + 16)
            var capability = ""
            if hardware >> 32 == 1 << 30 {
                // DL_CACHE_HWCAP_EXTENSION: the lower half is an index of the names.
                let index = Int(hardware & 0xffff_ffff)
                guard index < capabilities.count else { continue }
                capability = capabilities[index]
            } else if hardware != 0 {
                continue  // a folder of the mechanism before glibc 2.33, which no system fills any more
            }
            entries[name, default: []].append(Entry(path: path, flags: bytes.u32(offset), capability: capability))
        }
        self.entries = entries
    }

    /// The file that the dynamic linker takes for a name.
    ///
    /// - Parameters:
    ///   - flags: of this host's libraries, `_DL_CACHE_DEFAULT_ID`: see `defaultFlags`.
    ///   - capabilities: the `glibc-hwcaps` folders that this machine can use, best first.
    package func path(of name: String, flags: UInt32, capabilities: [String]) -> String? {
        var best: (path: String, rank: Int)?
        for entry in entries[name] ?? [] where entry.flags == flags || entry.flags == 1 {
            let rank: Int
            if entry.capability.isEmpty {
                rank = capabilities.count
            } else {
                guard let index = capabilities.firstIndex(of: entry.capability) else { continue }
                rank = index
            }
            if let found = best, found.rank <= rank { continue }
            best = (entry.path, rank)
        }
        return best?.path
    }

    /// `_DL_CACHE_DEFAULT_ID` of a machine's 64-bit libraries; 3, plain libc6, for a machine that has no number of its own.
    package static func defaultFlags(machine: UInt16) -> UInt32 {
        switch machine {
        case 62: 0x0303
        case 183: 0x0a03
        default: 3
        }
    }

    /// Where the new format begins: at once, or behind an old cache's entries of 12 bytes, aligned to 8.
    private static func start(_ bytes: RawSpan) -> UInt64? {
        if has("glibc-ld.so.cache1.1", bytes, at: 0) { return 0 }
        guard has("ld.so-1.7.0", bytes, at: 0), bytes.byteCount >= 16 else { return nil }
        let start = (16 + UInt64(bytes.u32(12)) * 12 + 7) & ~7
        return has("glibc-ld.so.cache1.1", bytes, at: start) ? start : nil
    }

    private static func has(_ text: String, _ bytes: RawSpan, at offset: UInt64) -> Bool {
        guard let range = bytes.range(at: offset, count: UInt64(text.utf8.count)) else { return false }
        return bytes.copy(range) == Array(text.utf8)
    }

    /// The names in the extension's section 1, in the order of their indexes.
    private static func capabilities(_ bytes: RawSpan, _ header: Int, _ start: UInt64) -> [String] {
        let offset = UInt64(bytes.u32(header + 32))
        guard offset != 0, let directory = bytes.range(at: start + offset, count: 8)?.lowerBound,
            bytes.u32(directory) == 0xeaa4_2174
        else { return [] }
        for index in 0..<UInt64(min(bytes.u32(directory + 4), 16)) {
            guard let section = bytes.range(at: start + offset + 8 + index * 16, count: 16)?.lowerBound else { break }
            guard bytes.u32(section) == 1 else { continue }
            let (place, size) = (UInt64(bytes.u32(section + 8)), UInt64(bytes.u32(section + 12)))
            guard size <= 4 * 64, let names = bytes.range(at: start + place, count: size) else { break }
            return Swift.stride(from: names.lowerBound, to: names.upperBound - 3, by: 4).map {
                text(bytes, start + UInt64(bytes.u32($0))) ?? ""
            }
        }
        return []
    }

    private static func text(_ bytes: RawSpan, _ offset: UInt64) -> String? {
        guard offset < UInt64(bytes.byteCount) else { return nil }
        let start = Int(offset)
        guard let range = bytes.terminated(start..<min(bytes.byteCount, start + textLimit)) else { return nil }
        return bytes.text(range)
    }
}
