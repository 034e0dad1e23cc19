/// What `-E -dD` shows of a header: which files it consists of, and which macros they define.
struct PreprocessedHeader {
    /// Every file by its name as clang has it, and whether it is a system header.
    private(set) var files: [String: Bool] = [:]
    /// The files that define them by the names of the macros that may be constants: without parameters, and with a body
    /// that is an expression at a glance.
    private(set) var macros: [String: String] = [:]

    /// The names of the system headers among the files.
    var systemFiles: Set<String> { Set(files.filter(\.value).keys) }

    init(_ text: [UInt8]) {
        var file = ""
        let marker = Array("# ".utf8), definition = Array("#define ".utf8), removal = Array("#undef ".utf8)
        for line in text.split(separator: UInt8(ascii: "\n")) where line.first == UInt8(ascii: "#") {
            if line.starts(with: marker) {
                guard let (name, isSystem) = Self.marker(line.dropFirst(marker.count)) else { continue }
                file = name
                files[name] = (files[name] ?? false) || isSystem
            } else if line.starts(with: definition) {
                let rest = line.dropFirst(definition.count)
                let name = rest.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "(") }
                let body = rest.dropFirst(name.count)
                let key = String(decoding: name, as: UTF8.self)
                macros[key] = body.first == UInt8(ascii: " ") && Self.mayBeExpression(body) ? file : nil
            } else if line.starts(with: removal) {
                macros[String(decoding: line.dropFirst(removal.count), as: UTF8.self)] = nil
            }
        }
    }

    /// `12 "greeter.h" 1 3`: the name, and whether flag 3 says that it is a system header.
    private static func marker(_ line: ArraySlice<UInt8>) -> (String, isSystem: Bool)? {
        let quote = UInt8(ascii: "\"")
        guard let open = line.firstIndex(of: quote), let close = line.lastIndex(of: quote), open < close else {
            return nil
        }
        let name = unescaped(line[(open + 1)..<close])
        let flags = line[(close + 1)...].split(separator: UInt8(ascii: " "))
        return (String(decoding: name, as: UTF8.self), flags.contains { $0.elementsEqual([UInt8(ascii: "3")]) })
    }

    /// A name without clang's escapes: what is not ASCII stands there as three octal digits a byte.
    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var name: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                name.append(byte)
                continue
            }
            let digits = rest.prefix(3)
            if digits.count == 3, let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) {
                name.append(code)
                rest = rest.dropFirst(3)
            } else if let next = rest.popFirst() {
                name.append(next)
            }
        }
        return name
    }

    /// Whether a body can stand in parentheses without harm to what is around it.
    private static func mayBeExpression(_ body: ArraySlice<UInt8>) -> Bool {
        var depth = 0
        var isEmpty = true
        for byte in body {
            switch byte {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth < 0 { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ";"), UInt8(ascii: "\""), UInt8(ascii: "#"):
                return false
            default: break
            }
            if byte != UInt8(ascii: " ") { isEmpty = false }
        }
        return depth == 0 && !isEmpty
    }
}
