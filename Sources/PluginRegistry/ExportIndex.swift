/// The positions of a plugin's exports: fixed per plugin name for the life of the host, and only ever more of them, so
/// that slot `i` means the same in every target of every version.
package struct ExportIndex: Sendable {
    private var positions: [String: Int] = [:]

    /// An index without exports.
    package init() {}

    /// How many exports have a position.
    package var count: Int { positions.count }

    /// The export's position, if any version had it so far.
    package subscript(symbol: String) -> Int? { positions[symbol] }

    /// The export at a position.
    package func symbol(at position: Int) -> String? { positions.first { $0.value == position }?.key }

    /// The export's position; the next free one where the symbol is new.
    package mutating func position(of symbol: String) -> Int {
        if let known = positions[symbol] { return known }
        let next = positions.count
        positions[symbol] = next
        return next
    }

    /// Everything that a version has, in the order of the positions, as `Target` wants it.
    package mutating func table(
        of functions: [String: UnsafeMutableRawPointer]
    ) -> [UnsafeMutableRawPointer?] {
        for symbol in unsafe functions.keys.sorted() { _ = position(of: symbol) }
        var table = unsafe [UnsafeMutableRawPointer?](repeating: nil, count: count)
        for (symbol, index) in positions { unsafe table[index] = unsafe functions[symbol] }
        return unsafe table
    }
}
