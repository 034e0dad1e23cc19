/// What holds between the entries of DT_JMPREL, the table of functions that the image calls through others: each entry
/// fills a slot, and each function has one entry.
///
/// An entry that was damaged leaves a slot unfilled, or filled with another function, and glibc would not mind.
struct LinkageSlots {
    private var isSeen: [Bool]

    init(symbolCount: Int) { isSeen = Array(repeating: false, count: symbolCount) }

    /// What is wrong with the next entry, a clause; `nil` where nothing is.
    ///
    /// - Parameter symbol: lies within the symbol table.
    mutating func flaw(_ effect: RelocationKinds.Effect, symbol: Int) -> String? {
        if case .none = effect { return "fills no slot" }
        guard case .tableEntry = effect else { return nil }
        guard symbol < isSeen.count else { return nil }
        if isSeen[symbol] { return "is about symbol \(symbol), which has a slot already" }
        isSeen[symbol] = true
        return nil
    }
}
