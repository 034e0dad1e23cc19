/// What DT_GNU_HASH and DT_HASH say about the dynamic symbol table: its length, and where a lookup may walk.
struct HashTables {
    /// Number of symbols with the null entry; `nil` where no table tells: an image that exports nothing.
    private(set) var symbolCount: Int?
    /// DT_GNU_HASH as far as it lies in the file: the first symbol that it holds, where the filter, the buckets and that
    /// symbol's hash value lie.
    private(set) var gnu: GNUTable?

    /// Offsets in the file, and numbers of elements.
    struct GNUTable {
        let firstSymbol: Int
        let (filter, filterWords, shift): (Int, Int, UInt32)
        let (buckets, bucketCount): (Int, Int)
        let chains: Int
    }

    /// Reads both tables; glibc uses DT_GNU_HASH where it is there.
    init(_ tags: DynamicTags, _ bytes: RawSpan, _ map: LoadMap, _ problems: inout ProblemLog) {
        if let address = tags[DynamicTags.Tag.gnuHash] { readGNU(address, bytes, map, &problems) }
        if let address = tags[DynamicTags.Tag.hash] { readSysV(address, bytes, map, &problems) }
        if tags[DynamicTags.Tag.gnuHash] == nil && tags[DynamicTags.Tag.hash] == nil {
            problems.add(.hash, "dynamic section", "has neither DT_GNU_HASH nor DT_HASH")
        }
    }

    /// Finds the last symbol: the largest bucket's chain ends where the symbol table does.
    ///
    /// The table: 4 words, a Bloom filter of 8-byte words, buckets, then one word per hashed symbol, whose lowest bit
    /// ends a chain.
    private mutating func readGNU(_ address: UInt64, _ bytes: RawSpan, _ map: LoadMap, _ problems: inout ProblemLog) {
        guard let header = map.fileRange(address, 16)?.lowerBound else {
            return problems.add(.hash, "DT_GNU_HASH", "at address \(address.hex) is not loaded from the file")
        }
        let (buckets, firstSymbol) = (Int(bytes.u32(header)), bytes.u32(header + 4))
        let (filterWords, shift) = (bytes.u32(header + 8), bytes.u32(header + 12))
        guard 1...ELFLimits.symbols ~= buckets, filterWords.nonzeroBitCount == 1, shift < 32 else {
            return problems.add(
                .hash, "DT_GNU_HASH",
                "has \(buckets) buckets (1 to \(ELFLimits.symbols) are read), \(filterWords) filter words (a power of "
                    + "two), shift \(shift)")
        }
        let size = 16 + 8 * UInt64(filterWords) + 4 * UInt64(buckets)
        guard let table = map.fileRange(address, size) else {
            return problems.add(
                .hash, "DT_GNU_HASH", "has \(size) bytes at address \(address.hex), not all loaded from the file")
        }
        let chains = table.upperBound
        let chainWords = Int(map.fileBytes(from: address) - size) / 4
        var last: UInt32 = 0
        var offset = chains - 4 * buckets
        while offset < chains {
            let bucket = bytes.u32(offset)
            if bucket != 0 && bucket < firstSymbol {
                return problems.add(
                    .hash, "DT_GNU_HASH", "has a bucket with symbol \(bucket), its first symbol is \(firstSymbol)")
            }
            last = max(last, bucket)
            offset += 4
        }
        guard last != 0 else { return }
        let end = min(chainWords, ELFLimits.symbols)
        var index = Int(last - firstSymbol)
        while index < end && bytes.u32(chains + 4 * index) & 1 == 0 { index += 1 }
        guard index < end else {
            return problems.add(
                .hash, "DT_GNU_HASH",
                "has a chain from symbol \(last) on that ends neither in its segment nor within \(ELFLimits.symbols) "
                    + "symbols")
        }
        gnu = GNUTable(
            firstSymbol: Int(firstSymbol), filter: table.lowerBound + 16, filterWords: Int(filterWords), shift: shift,
            buckets: chains - 4 * buckets, bucketCount: buckets, chains: chains)
        symbolCount = Int(firstSymbol) + index + 1
    }

    /// Takes the count of symbols and walks all chains.
    ///
    /// The table: two counts, buckets, then one word per symbol that names the next in its chain.
    /// A sound table holds each symbol in one chain at most, so walking all of them visits no more than there are; a
    /// chain that bites its tail, where glibc would turn for ever, visits more.
    private mutating func readSysV(_ address: UInt64, _ bytes: RawSpan, _ map: LoadMap, _ problems: inout ProblemLog) {
        guard let header = map.fileRange(address, 8)?.lowerBound else {
            return problems.add(.hash, "DT_HASH", "at address \(address.hex) is not loaded from the file")
        }
        let (buckets, symbols) = (Int(bytes.u32(header)), Int(bytes.u32(header + 4)))
        let size = 8 + 4 * (UInt64(buckets) + UInt64(symbols))
        guard 1...ELFLimits.symbols ~= buckets, symbols <= ELFLimits.symbols, let table = map.fileRange(address, size)
        else {
            return problems.add(
                .hash, "DT_HASH",
                "has \(buckets) buckets (1 to \(ELFLimits.symbols) are read) and \(size) bytes at address "
                    + "\(address.hex), not all loaded or over the limit")
        }
        let chains = table.upperBound - 4 * symbols
        var visited = 0
        for bucket in 0..<buckets {
            var symbol = Int(bytes.u32(table.lowerBound + 8 + 4 * bucket))
            while symbol != 0 {
                visited += 1
                guard symbol < symbols, visited <= symbols else {
                    return problems.add(
                        .hash, "DT_HASH",
                        "has a chain that reaches symbol \(symbol) after \(visited), there are \(symbols)")
                }
                symbol = Int(bytes.u32(chains + 4 * symbol))
            }
        }
        if let known = symbolCount, known != symbols {
            // glibc goes by DT_GNU_HASH, and only its own count is known to have a hash value for each symbol.
            return problems.add(.hash, "DT_HASH", "has \(symbols) symbols, DT_GNU_HASH has \(known)")
        }
        symbolCount = symbols
    }
}
