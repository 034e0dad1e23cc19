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
    private(set) var tally = Tally()

    /// Reads the good files; each must be admitted and open as it is, or the round would say nothing.
    init(_ arguments: Arguments) throws {
        self.arguments = arguments
        files = try arguments.files.map(OriginalFile.init)
        folder = try TemporaryFolder()
        facts = try HostFacts.current()
        for (file, path) in zip(files, arguments.files) {
            let report = try PluginFile.judge(path: path, against: facts)
            guard report.isAdmissible else {
                throw TestSupportError("\(file.kind) is refused as it is: \(report.refusals)")
            }
            guard try Opening(path) == .loaded else { throw TestSupportError("\(file.kind) cannot be opened as it is") }
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
        let path = try folder.write(mutation.bytes, to: "mutation-\(number).so")
        defer { unlink(path) }
        if arguments.only != nil { print(mutation.story) }
        let report = try PluginFile.judge(path: path, against: facts)
        guard report.isAdmissible else {
            if arguments.only != nil { print(report.refusals.map(\.sentence).joined(separator: "\n")) }
            return tally.count(file.kind, mutation.strategy) { $0.refused += 1 }
        }
        switch try Opening(path) {
        case .loaded: tally.count(file.kind, mutation.strategy) { $0.loaded += 1 }
        case .declined: tally.count(file.kind, mutation.strategy) { $0.declined += 1 }
        case .crashed(let end):
            tally.count(file.kind, mutation.strategy) { $0.crashed += 1 }
            print("crashed: \(number) \(file.kind): \(end): \(mutation.strategy.rawValue): \(mutation.story)")
        }
    }
}
