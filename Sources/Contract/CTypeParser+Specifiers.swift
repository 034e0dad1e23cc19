/// The left side of a declaration: qualifiers, attributes, and the words of one type.
extension CTypeParser {
    /// Reads up to where the declarator begins.
    mutating func specifiers() throws(CTypeError) -> CType.Qualified {
        let start = scanner.column
        var qualifiers = CType.Qualified(.void)
        var basic = BasicWords()
        var named: CType.Qualified?
        words: while true {
            if try takeAddition(to: &qualifiers) { continue }
            if scanner.opensUnnamed, named == nil, basic.isEmpty {
                named = try resolved(.unnamed(nil, try scanner.takeUnnamed()))
                continue
            }
            guard case .word(let word) = scanner.next else { break }
            if let reason = Self.inexpressible[word] { throw scanner.error(.inexpressible(reason)) }
            switch word {
            case "struct", "union", "enum", "class":
                guard named == nil, basic.isEmpty else { throw scanner.expectation("one type only") }
                named = try tagged(word)
            case _ where BasicWords.known.contains(word):
                guard named == nil else { break words }
                guard basic.add(word) else { throw scanner.expectation("one type only") }
                try scanner.step()
            default:
                guard named == nil, basic.isEmpty else { break words }
                named = try scoped()
            }
        }
        try spend()
        guard let base = named ?? basic.type.map({ CType.Qualified($0) }) else {
            guard basic.isEmpty else {
                throw CTypeError(.unexpected("these words are no type together"), column: start)
            }
            throw scanner.expectation("a type")
        }
        return base.qualified(as: qualifiers)
    }

    /// `struct node`, or `struct (unnamed struct at …)`.
    private mutating func tagged(_ word: String) throws(CTypeError) -> CType.Qualified {
        try scanner.step()
        let kind = TypeName.Kind(rawValue: word) ?? .struct
        while try takeAttribute() {}
        if scanner.next == .mark("(") { return try resolved(.unnamed(kind, try scanner.takeUnnamed())) }
        guard case .word(let tag) = scanner.next else { throw scanner.expectation("a tag") }
        if tag == "__va_list_tag" || tag == "__va_list" { throw scanner.error(.inexpressible(Self.vaList)) }
        let column = scanner.column
        try scanner.step()
        guard scanner.next == .mark("::") else { return try resolved(.tag(kind, tag), column: column) }
        return try scoped(after: tag, column: column, kind: kind)
    }

    /// A typedef's name, or in C++ `outer::inner`.
    private mutating func scoped() throws(CTypeError) -> CType.Qualified {
        guard case .word(let word) = scanner.next else { throw scanner.expectation("a type") }
        let column = scanner.column
        try scanner.step()
        return try scoped(after: word, column: column, kind: nil)
    }

    private mutating func scoped(after first: String, column: Int, kind: TypeName.Kind?) throws(CTypeError)
        -> CType.Qualified
    {
        var name = first
        while scanner.next == .mark("::") {
            try scanner.step()
            if scanner.opensUnnamed { return try resolved(.unnamed(kind, try scanner.takeUnnamed()), column: column) }
            guard case .word(let part) = scanner.next else { throw scanner.expectation("a name") }
            name += "::" + part
            try scanner.step()
        }
        if scanner.next == .mark("<") { throw scanner.error(.inexpressible("C has no templates")) }
        return try resolved(kind.map { .tag($0, name) } ?? .plain(name), column: column)
    }

    private mutating func resolved(_ reference: Reference, column: Int? = nil) throws(CTypeError) -> CType.Qualified {
        let column = column ?? scanner.column
        switch resolve(reference) {
        case .failure(let reason):
            throw CTypeError(reason, column: column)
        case .success(let type):
            guard let size = type.type.measure(sizeLimit: allowance + 1, depthLimit: Self.depthLimit) else {
                throw CTypeError(.tooLarge, column: column)
            }
            try spend(size - 1)
            return type
        }
    }

    /// Steps over `const` and its like; those that change no call leave no trace.
    mutating func takeQualifier(into type: inout CType.Qualified) throws(CTypeError) -> Bool {
        guard case .word(let word) = scanner.next else { return false }
        switch word {
        case "const", "__const": type.isConst = true
        case "volatile", "__volatile__", "__volatile": type.isVolatile = true
        case "_Alignas":
            try scanner.step()
            type.alignment = try alignment()
            return true
        case _ where Self.meaningless.contains(word): break
        default: return false
        }
        try scanner.step()
        return true
    }

    /// `(16)`: how a snapshot spells what a typedef promises; clang's spellings have none.
    private mutating func alignment() throws(CTypeError) -> UInt64 {
        try scanner.take("(")
        guard case .number(let number) = scanner.next, number > 0 else { throw scanner.expectation("an alignment") }
        try scanner.step()
        try scanner.take(")")
        return number
    }

    /// Steps over a qualifier or an attribute.
    mutating func takeAddition(to type: inout CType.Qualified) throws(CTypeError) -> Bool {
        if try takeQualifier(into: &type) { return true }
        return try takeAttribute()
    }

    /// Steps over `__attribute__((…))`, `noexcept` or `__counted_by(n)`; an attribute that changes how a call is made cannot
    /// be expressed.
    mutating func takeAttribute() throws(CTypeError) -> Bool {
        if case .word(let word) = scanner.next, Self.neutralSuffixes.contains(word) {
            try scanner.step()
            guard scanner.next == .mark("(") else { return true }
            try scanner.step()
            try scanner.skipToClosing()
            return true
        }
        guard scanner.next == .word("__attribute__") else { return false }
        try scanner.step()
        try scanner.take("(")
        try scanner.take("(")
        while scanner.next != .mark(")") {
            guard case .word(let word) = scanner.next else { throw scanner.expectation("an attribute") }
            let name =
                word.hasPrefix("__") && word.hasSuffix("__") && word.count > 4
                ? String(word.dropFirst(2).dropLast(2)) : word
            guard Self.neutralAttributes.contains(name) else {
                throw scanner.error(
                    .inexpressible(Self.attributes[name] ?? "nothing is known here about the attribute \"\(name)\""))
            }
            try scanner.step()
            if scanner.next == .mark("(") {
                try scanner.step()
                try scanner.skipToClosing()
            }
            if scanner.next == .mark(",") { try scanner.step() }
        }
        try scanner.take(")")
        try scanner.take(")")
        return true
    }

    /// Whether a word can be no name of a declaration.
    static func isReserved(_ word: String) -> Bool {
        BasicWords.known.contains(word) || inexpressible[word] != nil
            || ["struct", "union", "enum", "class", "__attribute__"].contains(word)
    }

    private static let vaList = "va_list is laid out by each target as it likes, and can be read only once"

    /// Words of types that a contract does not hold.
    private static let inexpressible: [String: String] = [
        "_Complex": "_Complex is no type of every compiler, and Swift has none like it",
        "__complex__": "_Complex is no type of every compiler, and Swift has none like it",
        "_Imaginary": "_Imaginary is no type of every compiler",
        "_Atomic": "_Atomic is laid out by each compiler as it likes",
        "_BitInt": "_BitInt is passed by each compiler as it likes",
        "_ExtInt": "_BitInt is passed by each compiler as it likes",
        "__builtin_va_list": vaList, "__va_list_tag": vaList, "va_list": vaList,
        "__bf16": "__bf16 is no type of every compiler", "__fp16": "__fp16 cannot be passed",
        "_Decimal32": "decimal floating types are none of every compiler",
        "_Decimal64": "decimal floating types are none of every compiler",
        "_Decimal128": "decimal floating types are none of every compiler",
        "typeof": "typeof is spelled, not resolved; write the type itself",
        "__typeof__": "typeof is spelled, not resolved; write the type itself",
        "typeof_unqual": "typeof is spelled, not resolved; write the type itself",
        "decltype": "decltype is spelled, not resolved; write the type itself",
        "auto": "the type is left to the compiler; write it",
    ]

    private static let meaningless: Set = [
        "restrict", "__restrict", "__restrict__", "_Nonnull", "_Nullable", "_Null_unspecified", "_Nullable_result",
        "__unaligned",
    ]

    /// What clang writes behind a declarator without `__attribute__`, perhaps with something in parentheses.
    private static let neutralSuffixes: Set = [
        "noexcept", "__counted_by", "__counted_by_or_null", "__sized_by", "__sized_by_or_null",
    ]

    private static let neutralAttributes: Set = [
        "noreturn", "nothrow", "const", "pure", "malloc", "nonnull", "returns_nonnull", "format", "cdecl", "unused",
        "deprecated", "warn_unused_result", "nodiscard", "maybe_unused", "noescape", "no_sanitize", "cold", "hot",
        "nodebug", "swift_name", "annotate", "annotate_type", "btf_type_tag", "leaf", "ns_returns_retained",
    ]

    private static let attributes: [String: String] = {
        let conventions = [
            "ms_abi", "sysv_abi", "vectorcall", "regcall", "preserve_most", "preserve_all", "preserve_none",
            "fastcall", "stdcall", "thiscall", "pascal", "pcs", "aarch64_vector_pcs", "aarch64_sve_pcs", "swiftcall",
            "swiftasynccall", "intel_ocl_bicc", "regparm", "no_caller_saved_registers", "nocf_check", "m68k_rtd",
            "riscv_vector_cc",
        ]
        var reasons: [String: String] = [:]
        for name in conventions { reasons[name] = "the calling convention \(name) is not that of C on this target" }
        for name in ["vector_size", "ext_vector_type", "neon_vector_type", "neon_polyvector_type"] {
            reasons[name] = "vector types are passed as the target's options say"
        }
        reasons["address_space"] = "address spaces are none of C"
        return reasons
    }()
}

/// The words of a type that has no name: `unsigned long long int` in any order.
struct BasicWords {
    private var counts: [String: Int] = [:]

    static let known: Set = [
        "void", "_Bool", "bool", "char", "short", "int", "long", "signed", "__signed__", "__signed", "unsigned",
        "__int128", "__int128_t", "__uint128_t", "float", "double", "_Float16", "__float128", "_Float128", "_Float32",
        "_Float64",
    ]

    var isEmpty: Bool { counts.isEmpty }

    /// `false` where the word has no place beside those before.
    mutating func add(_ word: String) -> Bool {
        let word = word.hasPrefix("__signed") ? "signed" : word
        counts[word, default: 0] += 1
        return counts[word] == 1 || word == "long" && counts[word] == 2
    }

    /// `nil` where the words are no type together.
    ///
    /// LP64: `long` and `long long` both have 64 bits.
    var type: CType? {
        var words = counts
        let long = words.removeValue(forKey: "long") ?? 0
        let isSigned = words.removeValue(forKey: "signed") != nil
        let isUnsigned = words.removeValue(forKey: "unsigned") != nil
        if isSigned && isUnsigned { return nil }
        func integer(_ bits: Int) -> CType {
            .integer(isUnsigned ? .unsigned(bits: bits) : .signed(bits: bits))
        }
        let hasInt = words.removeValue(forKey: "int") != nil
        if hasInt || words.isEmpty || words.keys.elementsEqual(["short"]) {
            let isShort = words.removeValue(forKey: "short") != nil
            guard words.isEmpty, !(isShort && long > 0), hasInt || isShort || long > 0 || isSigned || isUnsigned else {
                return nil
            }
            return integer(isShort ? 16 : long > 0 ? 64 : 32)
        }
        guard words.count == 1, let word = words.keys.first else { return nil }
        let hasSign = isSigned || isUnsigned
        switch (word, hasSign, long) {
        case ("char", false, 0): return .integer(.char)
        case ("char", true, 0): return integer(8)
        case ("__int128", _, 0): return integer(128)
        case ("__int128_t", false, 0): return .integer(.signed(bits: 128))
        case ("__uint128_t", false, 0): return .integer(.unsigned(bits: 128))
        case ("void", false, 0): return .void
        case ("_Bool", false, 0), ("bool", false, 0): return .bool
        case ("float", false, 0), ("_Float32", false, 0): return .floating(.float)
        case ("double", false, 0), ("_Float64", false, 0): return .floating(.double)
        case ("double", false, 1): return .floating(.longDouble)
        case ("_Float16", false, 0): return .floating(.half)
        case ("__float128", false, 0), ("_Float128", false, 0): return .floating(.quad)
        default: return nil
        }
    }
}

extension CType.Qualified {
    /// With more qualifiers; those of an array are its elements', and a function has none (C17, 6.7.3, 9).
    ///
    /// - Parameter other: what is around; its type does not matter.
    package func qualified(as other: Self) -> Self {
        guard other.isConst || other.isVolatile || other.alignment != nil else { return self }
        if case .function = type { return self }
        var qualified = self
        if case .array(let element, let count) = type {
            qualified.type = .array(of: element.qualified(as: other), count: count)
        } else {
            qualified.isConst = isConst || other.isConst
            qualified.isVolatile = isVolatile || other.isVolatile
            qualified.alignment = other.alignment ?? alignment
        }
        return qualified
    }
}
