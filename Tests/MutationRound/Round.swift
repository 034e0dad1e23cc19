import Compatibility
import Glibc
import PluginHost
import TestSupport

/// One run over all mutations.
struct Round {
    private let arguments: Arguments
    private let files: [OriginalFile]
    private let folder: TemporaryFolder
    private let facts: HostFacts
    /// The signatures of the good files, where they are signed.
    private let signatures: Signatures?
    private(set) var tally = Tally()

    /// Reads the good files; each must be admitted and open as it is, or the round would say nothing.
    init(_ arguments: Arguments) throws {
        self.arguments = arguments
        files = try arguments.files.map(OriginalFile.init)
        folder = try TemporaryFolder()
        facts = try HostFacts.current()
        signatures = arguments.isSigned ? try Signatures(in: folder) : nil
        for (file, path) in zip(files, arguments.files) {
            try signatures?.sign(file, at: path)
            let report = try judge(file.bytes, of: file, at: folder.file(file.kind + ".so"))
            guard report.isAdmissible else {
                throw TestSupportError("\(file.kind) is refused as it is: \(report.refusals.map(\.sentence))")
            }
            let opening = try Opening(path, within: arguments.limit)
            guard opening == .loaded else { throw TestSupportError("\(file.kind) as it is: \(opening)") }
        }
    }

    /// Makes and judges every mutation, and opens those that are admitted.
    mutating func run() throws {
        for number in arguments.numbers {
            // Strategies change with the number, so files change with each round of them.
            try run(number, files[number / Strategy.allCases.count % files.count])
        }
    }

    private mutating func run(_ number: Int, _ file: OriginalFile) throws {
        let mutation = Mutation(number, of: file, seed: arguments.seed)
        // A new name for each: an image that is open already would be found by its name.
        let path = folder.file("mutation-\(number).so")
        if arguments.only != nil { print(mutation.story) }
        let report = try judge(mutation.bytes, of: file, at: path)
        guard report.isAdmissible else {
            if arguments.only != nil { print(report.refusals.map(\.sentence).joined(separator: "\n")) }
            if signatures != nil, !report.refusals.contains(where: { $0.code.hasPrefix("signature.") }) {
                throw TestSupportError("\(number) \(file.kind) is refused, yet not by its signature: \(mutation.story)")
            }
            return tally.count(file.kind, mutation.strategy) { $0.refused += 1 }
        }
        try folder.write(mutation.bytes, to: "mutation-\(number).so")
        defer { unlink(path) }
        switch try Opening(path, within: arguments.limit) {
        case .loaded: tally.count(file.kind, mutation.strategy) { $0.loaded += 1 }
        case .declined: tally.count(file.kind, mutation.strategy) { $0.declined += 1 }
        case .crashed(let end):
            tally.count(file.kind, mutation.strategy) { $0.crashed += 1 }
            print("crashed: \(number) \(file.kind): \(end): \(mutation.strategy.rawValue): \(mutation.story)")
        }
    }

    /// Judges bytes in a file of their own, beside the good file's signature where there is one.
    private func judge(_ bytes: [UInt8], of file: OriginalFile, at path: String) throws -> GateReport {
        let name = String(path.dropFirst(folder.path.utf8.count + 1))
        try folder.write(bytes, to: name)
        defer { unlink(path) }
        guard let signatures else { return try PluginFile.judge(path: path, against: facts) }
        try folder.write(Array(signatures.text(of: file).utf8), to: name + ".minisig", mode: 0o644)
        defer { unlink(path + ".minisig") }
        return try PluginFile.judge(path: path, against: facts, signatures: signatures.policy)
    }
}
