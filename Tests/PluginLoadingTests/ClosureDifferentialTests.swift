import Compatibility
import ELFReader
import Glibc
import PluginLoading
import TestSupport
import Testing

/// The closure walk beside the dynamic linker itself: `ld.so --verify`'s tracing mode, which `ldd -r` uses, over libraries
/// of this system, with everything in scope that this process has loaded.
struct ClosureDifferentialTests {
    /// What is missing and what does not resolve.
    struct Answer: Equatable, CustomStringConvertible {
        var missing: Set<String> = []
        var unresolved: Set<String> = []
        var description: String { "missing \(missing.sorted()), unresolved \(unresolved.sorted().prefix(20))" }
    }

    /// Common libraries first; with SWITCHBOARD_ALL_LIBRARIES=1 all that the system has.
    static var sample: [String] {
        get throws {
            let folder = "/usr/lib/x86_64-linux-gnu"
            let isWhole = getenv("SWITCHBOARD_ALL_LIBRARIES") != nil
            let listed = try Command.run(["find", folder] + (isWhole ? [] : ["-maxdepth", "1"]) + ["-name", "*.so*"])
            let all = listed.stdout.split(separator: "\n").map(String.init).sorted()
            return isWhole ? all : all.enumerated().filter { $0.offset % 23 == 0 }.map(\.element).prefix(60).map { $0 }
        }
    }

    @Test func agreesWithTheDynamicLinker() throws {
        let preload = LoadedObjects.all().map(\.name).filter { $0.hasPrefix("/") && !$0.contains("ld-linux") }
            .joined(separator: ":")
        var compared = 0
        var differences: [String] = []
        for path in try Self.sample {
            guard let bytes = try? readFile(path), let image = try? ELFImage.parse(bytes.span.bytes),
                image.header.isELF64LittleEndian, image.header.machine == 62, image.header.type == 3,
                image.dynamic != nil
            else { continue }
            let trace = try Command.run(
                ["/lib64/ld-linux-x86-64.so.2", path],
                environment: [
                    "LD_TRACE_LOADED_OBJECTS": "1", "LD_WARN": "yes", "LD_BIND_NOW": "yes", "LD_PRELOAD": preload,
                ])
            let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            // No copy: from where it lies, `$ORIGIN/..` of libLLVM's DT_RUNPATH leads where it says.
            let facts = ClosureFacts.walk(from: image, at: .init(origin: folder), ProcessLinker.shared)
            var ours = Answer()
            for library in facts.libraries {
                if case .missing = library.outcome { ours.missing.insert(library.name) }
            }
            var theirs = Self.read(trace.stdout + trace.stderr)
            if let symbols = facts.symbols {
                ours.unresolved = Set(symbols.unresolved.map(\.symbol))
            } else {
                theirs.unresolved = []  // with a library missing nobody can say
            }
            compared += 1
            if ours != theirs { differences.append("\(path): ours \(ours); ld.so's \(theirs)") }
        }
        print("closure: \(compared) libraries compared, \(differences.count) differ")
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
        #expect(compared > 10)
    }

    /// Reads "libx.so => not found", "undefined symbol: add, version ADD_2\t(…)", and "symbol add, version ADD_2 not
    /// defined in file …".
    static func read(_ trace: String) -> Answer {
        var answer = Answer()
        for line in trace.split(separator: "\n") {
            let text = line.drop { $0 == "\t" || $0 == " " }
            if text.hasSuffix("=> not found") {
                answer.missing.insert(String(text.prefix { $0 != " " }))
            } else if text.hasPrefix("undefined symbol: ") {
                answer.unresolved.insert(String(text.dropFirst("undefined symbol: ".count).prefix { $0 != "\t" }))
            } else if text.hasPrefix("symbol "), let end = text.range(of: " not defined in file ") {
                answer.unresolved.insert(String(text[..<end.lowerBound].dropFirst("symbol ".count)))
            }
        }
        return answer
    }
}

extension Substring {
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
