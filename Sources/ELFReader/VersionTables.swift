/// Checks DT_VERNEED, DT_VERDEF and DT_VERSYM, and reads what is needed (gABI "Symbol Versioning", Solaris and GNU).
///
/// glibc's `_dl_check_map_versions` follows the `next` fields until one is 0 and never looks at the counts, aborts the
/// process for a library that is not in DT_NEEDED, and later indexes an array by each symbol's version number.
struct VersionTables {
    private(set) var needs: [VersionNeed] = []
    /// Which symbol has which version.
    private(set) var symbols = SymbolVersions()
    /// The version numbers that either table gives, by number; 0 and 1 are the unversioned.
    private var isGiven: [Bool] = [true, true]
    /// Versions read so far; ends all walks at `ELFLimits.versions`.
    private var read = 0

    /// Reads and checks the three tables.
    init(
        _ tags: DynamicTags, needed: [String], symbolCount: Int, _ strings: inout StringTable, _ bytes: RawSpan,
        _ map: LoadMap,
        _ problems: inout ProblemLog
    ) {
        let (needs, definitions) = (tags[DynamicTags.Tag.versionNeeds], tags[DynamicTags.Tag.versionDefinitions])
        if let needs {
            let count = tags[DynamicTags.Tag.versionNeedCount] ?? 0
            readNeeds(needs, count, needed, &strings, bytes, map, &problems)
        }
        if let definitions {
            let count = tags[DynamicTags.Tag.versionDefinitionCount] ?? 0
            readDefinitions(definitions, count, &strings, bytes, map, &problems)
        }
        guard let versions = tags[DynamicTags.Tag.versions] else {
            if needs != nil || definitions != nil {
                problems.add(.versions, "dynamic section", "has versions but no DT_VERSYM")
            }
            return
        }
        guard let table = map.fileRange(versions, 2 * UInt64(symbolCount)) else {
            problems.add(
                .versions, "DT_VERSYM",
                "has \(2 * symbolCount) bytes at address \(versions.hex), not all loaded from the file")
            return
        }
        if needs == nil && definitions == nil {
            problems.add(.versions, "DT_VERSYM", "is there, but neither DT_VERNEED nor DT_VERDEF")
        }
        // Of tables that could not be read to their ends nobody knows which versions they give.
        if problems.problems.contains(where: { $0.part == .versions }) { return }
        symbols.numbers.reserveCapacity(symbolCount)
        for index in 0..<symbolCount {
            let number = bytes.u16(table.lowerBound + 2 * index)
            if index > 0 { symbols.numbers.append(number) }
            let version = number & 0x7fff
            guard Int(version) < isGiven.count, isGiven[Int(version)] else {
                problems.add(
                    .versions, "DT_VERSYM", "gives symbol \(index) version \(version), which no table describes")
                return
            }
        }
    }

    private mutating func readNeeds(
        _ address: UInt64, _ count: UInt64, _ needed: [String], _ strings: inout StringTable, _ bytes: RawSpan,
        _ map: LoadMap, _ problems: inout ProblemLog
    ) {
        var address = address
        let needed = Set(needed)
        for index in 0..<count {
            let place = "DT_VERNEED entry \(index)"
            guard let entry = map.fileRange(address, 16)?.lowerBound else {
                return problems.add(.versions, place, "at address \(address.hex) is not loaded from the file")
            }
            let (version, versionCount) = (bytes.u16(entry), bytes.u16(entry + 2))
            guard version == 1, versionCount > 0 else {
                return problems.add(.versions, place, "has format \(version) (1 is known) and \(versionCount) versions")
            }
            guard let library = strings.name(UInt64(bytes.u32(entry + 4)), bytes, of: .versions, place, &problems)
            else { return }
            guard needed.contains(library) else {
                return problems.add(.versions, place, "is about \(library.prefix(64)), which is not in DT_NEEDED")
            }
            needs.append(VersionNeed(library: library, versions: []))
            let first = address + UInt64(bytes.u32(entry + 8))
            guard readVersions(first, versionCount, place, &strings, bytes, map, &problems) else { return }

            let next = UInt64(bytes.u32(entry + 12))
            guard (next == 0) == (index + 1 == count) else {
                return problems.add(
                    .versions, place, "has its next entry \(next) bytes on, DT_VERNEEDNUM says \(count) entries")
            }
            address += next
        }
    }

    /// Reads the versions needed of one library; `false` after a problem.
    private mutating func readVersions(
        _ address: UInt64, _ count: UInt16, _ place: String, _ strings: inout StringTable, _ bytes: RawSpan,
        _ map: LoadMap, _ problems: inout ProblemLog
    ) -> Bool {
        var address = address
        for index in 0..<count {
            guard countVersion(place, &problems) else { return false }
            guard let entry = map.fileRange(address, 16)?.lowerBound else {
                problems.add(
                    .versions, place, "has version \(index) at address \(address.hex), not loaded from the file")
                return false
            }
            guard let name = strings.name(UInt64(bytes.u32(entry + 8)), bytes, of: .versions, place, &problems) else {
                return false
            }
            let hash = Self.hash(name)
            guard bytes.u32(entry) == hash else {
                problems.add(
                    .versions, place,
                    "has version \(name.prefix(64)) with hash \(UInt64(bytes.u32(entry)).hex), its name's is "
                        + UInt64(hash).hex)
                return false
            }
            needs[needs.count - 1].versions.append(name)
            let number = bytes.u16(entry + 6) & 0x7fff
            give(number)
            symbols.names[number] = .init(
                name: name, library: needs[needs.count - 1].library, isWeak: bytes.u16(entry + 4) & 2 != 0)
            let next = UInt64(bytes.u32(entry + 12))
            guard (next == 0) == (index + 1 == count) else {
                problems.add(.versions, place, "has version \(index + 1) \(next) bytes on, its own count is \(count)")
                return false
            }
            address += next
        }
        return true
    }

    private mutating func readDefinitions(
        _ address: UInt64, _ count: UInt64, _ strings: inout StringTable, _ bytes: RawSpan, _ map: LoadMap,
        _ problems: inout ProblemLog
    ) {
        var address = address
        for index in 0..<count {
            let place = "DT_VERDEF entry \(index)"
            guard countVersion(place, &problems) else { return }
            guard let entry = map.fileRange(address, 20)?.lowerBound else {
                return problems.add(.versions, place, "at address \(address.hex) is not loaded from the file")
            }
            let (version, nameCount) = (bytes.u16(entry), bytes.u16(entry + 6))
            guard version == 1, nameCount > 0 else {
                return problems.add(.versions, place, "has format \(version) (1 is known) and \(nameCount) names")
            }
            let nameAddress = address + UInt64(bytes.u32(entry + 12))
            guard let nameEntry = map.fileRange(nameAddress, 8)?.lowerBound else {
                return problems.add(
                    .versions, place, "has its name at address \(nameAddress.hex), not loaded from the file")
            }
            let name = strings.name(UInt64(bytes.u32(nameEntry)), bytes, of: .versions, place, &problems)
            guard let name else { return }
            let number = bytes.u16(entry + 4) & 0x7fff
            // VER_FLG_BASE: the file's own name, which is no version.
            if bytes.u16(entry + 2) & 1 == 0 { symbols.names[number] = .init(name: name) }
            give(number)
            let next = UInt64(bytes.u32(entry + 16))
            guard (next == 0) == (index + 1 == count) else {
                return problems.add(
                    .versions, place, "has its next entry \(next) bytes on, DT_VERDEFNUM says \(count) entries")
            }
            address += next
        }
    }

    private mutating func give(_ version: UInt16) {
        while isGiven.count <= Int(version) { isGiven.append(false) }
        isGiven[Int(version)] = true
    }

    private mutating func countVersion(_ place: String, _ problems: inout ProblemLog) -> Bool {
        read += 1
        if read > ELFLimits.versions {
            problems.add(.versions, place, "exceeds the limit of \(ELFLimits.versions) versions")
        }
        return read <= ELFLimits.versions
    }

    /// The System V hash of a name (gABI chapter 5, "Hash Table").
    private static func hash(_ name: String) -> UInt32 {
        var hash: UInt32 = 0
        for byte in name.utf8 {
            hash = (hash << 4) &+ UInt32(byte)
            let high = hash & 0xf000_0000
            hash = (hash ^ (high >> 24)) & ~high
        }
        return hash
    }
}
