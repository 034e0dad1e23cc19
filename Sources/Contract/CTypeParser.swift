/// Reads the spelling of a C type, as clang prints it in an AST or as a snapshot has it, with or without a name in it:
/// `int (*(*)(int, void (*)(int)))(struct db *)`, `const char *name`.
///
/// Typedefs and tags are resolved by the caller's closure; the result is canonical as `CType` says it: parameters are
/// adjusted, and what changes no call is left out. The text may be hostile: length, depth and size are bounded.
package struct CTypeParser {
    /// A name that stands for a type.
    package enum Reference: Hashable, Sendable {
        /// `struct node`, `union value`, `enum color`.
        case tag(TypeName.Kind, String)
        /// One without a tag, as `struct (unnamed struct at greeter.h:3:9)`, with what stands in the parentheses.
        ///
        /// The kind is `nil` where C++ leaves the word out.
        case unnamed(TypeName.Kind?, String)
        /// A typedef; in C++ also a tag, with the scopes before it: `outer::inner`.
        case plain(String)
    }

    /// What a reference stands for, or the error that says why it stands for nothing.
    package typealias Resolve = (Reference) -> Result<CType.Qualified, CTypeError.Reason>

    /// A type and the name declared with it.
    package struct Declaration: Equatable, Sendable {
        /// `nil` in an abstract declarator.
        package var name: String?
        package var type: CType.Qualified

        package init(name: String?, type: CType.Qualified) {
            self.name = name
            self.type = type
        }
    }

    /// In bytes; clang's spellings of real headers stay below 1 KiB.
    package static let textLimit = 64 * 1024
    /// Declarators and parameter lists inside each other, and types that lead to types, together.
    package static let depthLimit = 64
    /// Types in a type, with those of the names in it.
    package static let sizeLimit = 4096

    var scanner: CTypeScanner
    let resolve: Resolve
    /// Whether `()` is the same as `(void)`, as in C++ and C23.
    let emptyMeansVoid: Bool
    /// What may still come, in types.
    var allowance = sizeLimit

    /// Reads a whole text.
    ///
    /// - Parameter emptyMeansVoid: whether `()` is the same as `(void)`, as in C++ and C23; else it cannot be expressed.
    package static func parse(_ text: String, emptyMeansVoid: Bool = false, resolve: Resolve) throws(CTypeError)
        -> Declaration
    {
        // The closure does not outlive the call: the parser that holds it is gone when this returns.
        try withoutActuallyEscaping(resolve) { (resolve) throws(CTypeError) -> Declaration in
            var parser = CTypeParser(
                scanner: try CTypeScanner(text), resolve: resolve, emptyMeansVoid: emptyMeansVoid)
            let declaration = try parser.declaration(depth: 0)
            guard parser.scanner.next == .end else { throw parser.scanner.expectation("the end") }
            guard declaration.type.type.measure(sizeLimit: Self.sizeLimit, depthLimit: Self.depthLimit) != nil else {
                throw CTypeError(.tooLarge, column: 1)
            }
            return declaration
        }
    }

    /// Specifiers and a declarator.
    mutating func declaration(depth: Int) throws(CTypeError) -> Declaration {
        guard depth <= Self.depthLimit else { throw scanner.error(.tooLarge) }
        let base = try specifiers()
        return try declarator(of: base, depth: depth)
    }

    /// A declarator around what is to its left: pointers, then a name or a declarator in parentheses, then arrays or
    /// parameters (C17, 6.7.6 and 6.7.7).
    private mutating func declarator(of base: CType.Qualified, depth: Int) throws(CTypeError) -> Declaration {
        guard depth <= Self.depthLimit else { throw scanner.error(.tooLarge) }
        var base = base
        while let pointer = try pointer(to: base) { base = pointer }
        var name: String?
        var inner: CTypeScanner?
        if case .word(let word) = scanner.next {
            guard !Self.isReserved(word) else { throw scanner.expectation("a name") }
            name = word
            try scanner.step()
        } else if try scanner.opensDeclarator() {
            // What is inside is about the whole of what surrounds it, so it is read last.
            try scanner.step()
            inner = scanner
            try scanner.skipToClosing()
        }
        let type = try suffixes(of: base, depth: depth)
        guard let inner else { return Declaration(name: name, type: type) }
        let outer = scanner
        scanner = inner
        let declaration = try declarator(of: type, depth: depth + 1)
        try scanner.take(")")
        scanner = outer
        return declaration
    }

    /// `*` with its qualifiers, where one stands here.
    private mutating func pointer(to base: CType.Qualified) throws(CTypeError) -> CType.Qualified? {
        while try takeAttribute() {}
        switch scanner.next {
        case .mark("*"):
            try scanner.step()
        case .mark("^"):
            throw scanner.error(.inexpressible("a block (^) is no C of every compiler"))
        case .mark("&"):
            throw scanner.error(.inexpressible("C has no references"))
        default:
            return nil
        }
        var pointer = CType.Qualified(.pointer(to: base))
        while try takeAddition(to: &pointer) {}
        try spend()
        return pointer
    }

    /// Array bounds or parameters behind a declarator, applied from the last to the first.
    private mutating func suffixes(of base: CType.Qualified, depth: Int) throws(CTypeError) -> CType.Qualified {
        enum Suffix {
            case bound(UInt64?)
            case parameters([CType], isVariadic: Bool)
        }
        var suffixes: [(Suffix, column: Int)] = []
        while true {
            let column = scanner.column
            if scanner.next == .mark("[") {
                suffixes.append((.bound(try bound()), column))
            } else if scanner.next == .mark("(") {
                let (parameters, isVariadic) = try parameters(depth: depth)
                suffixes.append((.parameters(parameters, isVariadic: isVariadic), column))
            } else if try !takeAttribute() {
                break
            }
            try spend()
        }
        var type = base
        for (suffix, column) in suffixes.reversed() {
            if case .function = type.type, case .bound = suffix {
                throw CTypeError(.unexpected("an array of functions is no type"), column: column)
            }
            switch suffix {
            case .bound(let count):
                if type.type == .void { throw CTypeError(.unexpected("an array of void is no type"), column: column) }
                type = CType.Qualified(.array(of: type, count: count))
            case .parameters(let parameters, let isVariadic):
                switch type.type {
                case .function, .array:
                    throw CTypeError(
                        .unexpected("a function returns neither functions nor arrays"), column: column)
                default:
                    type = CType.Qualified(
                        .function(
                            CType.Function(result: type.type, parameters: parameters, isVariadic: isVariadic)))
                }
            }
        }
        return type
    }

    /// `[4]`, `[]`, or in parameters `[static 4]`.
    private mutating func bound() throws(CTypeError) -> UInt64? {
        try scanner.take("[")
        var ignored = CType.Qualified(.void)
        while true {
            if scanner.next == .word("static") { try scanner.step() }
            guard try takeQualifier(into: &ignored) else { break }
        }
        var count: UInt64?
        switch scanner.next {
        case .number(let number):
            count = number
            try scanner.step()
        case .mark("]"):
            break
        default:
            throw scanner.error(.inexpressible("the length of the array is known only when the program runs"))
        }
        try scanner.take("]")
        return count
    }

    /// A parameter list, adjusted as C does (C17, 6.7.6.3): arrays and functions become pointers, qualifiers go.
    private mutating func parameters(depth: Int) throws(CTypeError) -> ([CType], isVariadic: Bool) {
        let start = scanner.column
        try scanner.take("(")
        if scanner.next == .mark(")") {
            guard emptyMeansVoid else {
                throw CTypeError(
                    .inexpressible("() says nothing about the parameters; (void) says that there are none"),
                    column: start)
            }
            try scanner.step()
            return ([], false)
        }
        var parameters: [CType] = []
        while true {
            if scanner.next == .mark("...") {
                try scanner.step()
                try scanner.take(")")
                return (parameters, true)
            }
            let column = scanner.column
            let type = try declaration(depth: depth + 1).type
            if type.type == .void {
                guard parameters.isEmpty, scanner.next == .mark(")") else {
                    throw CTypeError(.unexpected("void is the type of no parameter"), column: column)
                }
                try scanner.step()
                return ([], false)
            }
            parameters.append(type.type.asParameter)
            if scanner.next == .mark(")") {
                try scanner.step()
                return (parameters, false)
            }
            try scanner.take(",")
        }
    }

    /// Counts one type.
    mutating func spend(_ count: Int = 1) throws(CTypeError) {
        allowance -= count
        guard allowance >= 0 else { throw scanner.error(.tooLarge) }
    }
}

extension CType {
    /// As a parameter of this type is passed: an array's first element and a function are pointed to.
    package var asParameter: CType {
        switch self {
        case .array(let element, _): .pointer(to: element)
        case .function: .pointer(to: Qualified(self))
        default: self
        }
    }

    /// How many types it consists of, itself included; `nil` where that or the depth is above the limit.
    ///
    /// Inline records are not looked into: they come from definitions, which have limits of their own.
    package func measure(sizeLimit: Int, depthLimit: Int) -> Int? {
        guard depthLimit > 0, sizeLimit > 0 else { return nil }
        var size = 1
        func add(_ part: CType) -> Bool {
            guard let count = part.measure(sizeLimit: sizeLimit - size, depthLimit: depthLimit - 1) else {
                return false
            }
            size += count
            return true
        }
        switch self {
        case .pointer(let part), .array(let part, _):
            return add(part.type) ? size : nil
        case .function(let function):
            guard add(function.result), function.parameters.allSatisfy(add) else { return nil }
            return size
        default:
            return size
        }
    }
}
