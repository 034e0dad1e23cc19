import TestSupport

/// Two headers of Tests/Fixtures/contracts, one change apart, with what must be said of it; README.txt there has the form.
struct HeaderPair: Sendable, CustomStringConvertible {
    /// What changes.
    let name: String
    private(set) var old = ""
    private(set) var new = ""
    /// The triple that the new one is laid out for.
    private(set) var target: String?
    /// `patch`, `minor` or `major`.
    private(set) var bump = ""
    /// `KIND callers plugins` each.
    private(set) var changes: [String] = []
    /// The exit code of abidiff, where it is asked.
    private(set) var abidiff: Int32?
    /// Why it says something else than we do.
    private(set) var difference = ""

    var description: String { name }

    /// Every pair of every table.
    static let all: [HeaderPair] = ["functions", "records", "enums", "spelling"].flatMap { table in
        do {
            return try pairs(of: String(decoding: readFile("\(folder)/\(table).txt"), as: UTF8.self))
        } catch {
            fatalError("\(table).txt: \(error)")
        }
    }

    private static let folder = Fixture.sourceFolder + "/contracts"

    private static func pairs(of text: String) throws -> [HeaderPair] {
        var pairs: [HeaderPair] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("== ") {
                pairs.append(HeaderPair(name: String(line.dropFirst(3))))
            } else if !pairs.isEmpty {
                try pairs[pairs.endIndex - 1].add(line)
            }
        }
        return pairs
    }

    private init(name: String) { self.name = name }

    private mutating func add(_ line: Substring) throws {
        let rest = line.dropFirst(2)
        switch line.prefix(2) {
        case "  ":
            old += rest + "\n"
            new += rest + "\n"
        case "- ": old += rest + "\n"
        case "+ ": new += rest + "\n"
        case "> ": try expect(rest)
        default:
            guard line.hasPrefix("target ") else { throw TestSupportError("\(name): what is \"\(line)\"?") }
            target = String(line.dropFirst(7))
        }
    }

    private mutating func expect(_ words: Substring) throws {
        if words.hasPrefix("abidiff ") {
            let parts = words.split(separator: " ", maxSplits: 2)
            guard parts.count > 1, let bits = Int32(parts[1]) else { throw TestSupportError("\(name): which bits?") }
            abidiff = bits
            difference = parts.count > 2 ? String(parts[2]) : ""
        } else if bump.isEmpty {
            bump = String(words)
        } else {
            changes.append(words.split(separator: " ").joined(separator: " "))
        }
    }
}
