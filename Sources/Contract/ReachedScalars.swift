/// The scalar types that options of a compiler change, as far as exports and callbacks of a contract reach them.
///
/// No layout shows them where they are only passed: `-mlong-double-64` compiles `void f(long double)` as before.
struct ReachedScalars {
    private var hasLongDouble = false
    /// Passed itself: its sign decides what fills the rest of the register.
    private var passesChar = false
    private let hasWideCharacters: Bool
    private let target: String

    init(_ contract: Contract) {
        hasWideCharacters = contract.usesWideCharacters
        target = contract.target
        for case .function(let function) in contract.exports.values { visit(.function(function)) }
        for type in contract.callbacks.values { visit(type) }
        for case .record(let record) in contract.types.values { visit(.inline(record)) }
    }

    /// What must hold of them, in C and C++ alike, and of which it is said; nothing for targets that nobody loads here.
    var conditions: [(condition: String, what: String)] {
        let isX86 = target.hasPrefix("x86_64")
        guard isX86 || target.hasPrefix("aarch64") else { return [] }
        var conditions: [(String, String)] = []
        if passesChar { conditions.append(("'\\377' \(isX86 ? "<" : ">") 0", "the sign of char")) }
        if hasWideCharacters {
            conditions.append(("__WCHAR_MAX__ == \(isX86 ? "2147483647" : "4294967295u")", "wchar_t"))
        }
        if hasLongDouble {
            conditions.append(
                ("sizeof(long double) == 16 && __LDBL_MANT_DIG__ == \(isX86 ? 64 : 113)", "long double"))
        }
        return conditions
    }

    /// Looks into a type; records that have names are looked into by themselves.
    private mutating func visit(_ type: CType) {
        switch type {
        case .floating(.longDouble): hasLongDouble = true
        case .pointer(let target), .array(let target, _): visit(target.type)
        case .function(let function):
            for type in function.parameters + [function.result] {
                if type == .integer(.char) { passesChar = true }
                visit(type)
            }
        case .inline(let record):
            for member in record.members { visit(member.type.type) }
        case .void, .bool, .integer, .floating, .record, .enumeration: break
        }
    }
}
