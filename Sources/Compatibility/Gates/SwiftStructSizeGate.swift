import ELFReader

extension Gate {
    /// `swift.struct-size`: C structs that Swift code of the image imports are laid out as those of their names in the
    /// process.
    ///
    /// The runtime has one layout per C name for the whole process, the first; code compiled for another reads garbage or
    /// crashes. A name of the Swift module's own does not tell them apart, only the C tag does.
    static let swiftStructSize = Gate.ofLoadedSwift("swift.struct-size") { members, loaded, _ in
        let code = "swift.struct-size"
        var clashes: [(member: String, name: String, layout: SwiftFacts.Layout, other: LoadedSwift.Struct)] = []
        var known = loaded
        for (member, facts) in members {
            for (name, layout) in facts.structs.sorted(by: { $0.key < $1.key }) {
                guard let other = known.structs[name], other.layout != layout else { continue }
                clashes.append((member, printable(name, limit: 128), layout, other))
            }
            known.add(facts, of: .init(name: member))
        }
        let shown = clashes.prefix(8)
        let findings = shown.enumerated().map { number, clash in
            let (name, owner) = (clash.name, clash.other.owner.name)
            let isLast = number == shown.count - 1 && clashes.count > shown.count
            return Finding.refused(
                code, plugin: "\(name): \(clash.layout)", host: "\(name): \(clash.other.layout), \(owner)",
                "\(clash.member) has the C struct \(name) with \(clash.layout), \(owner) has it with "
                    + "\(clash.other.layout), and Swift code of one process knows a C name with one layout only"
                    + (isLast ? "; and so for \(clashes.count - shown.count) more" : ""),
                remedy: remedy(name))
        }
        let count = members.reduce(0) { $0 + $1.facts.structs.count }
        return findings.isEmpty ? [.passed(code, plugin: "\(count) C structs, all as loaded or new")] : findings
    }

    private static func remedy(_ name: String) -> String {
        let plain = name.split(separator: " ").last.map(String.init) ?? name
        return "put the version into the tag, which is the name that counts: typedef struct \(plain)_v2 { … } \(plain);"
    }

    /// A gate that compares Swift metadata with what the process has loaded; nothing to compare is passed at once.
    static func ofLoadedSwift(
        _ code: String,
        _ judge:
            @escaping @Sendable (
                _ members: [(name: String, facts: SwiftFacts)], _ loaded: LoadedSwift, _ candidate: Candidate
            ) -> [Finding]
    ) -> Gate {
        ofImage(code) { _, candidate, host in
            var members = candidate.swiftMembers
            guard !members.isEmpty else { return [.passed(code, plugin: "no Swift types")] }
            if candidate.index?.needsSwiftRuntime == false { members.removeAll { $0.name == "plugin" } }
            guard !members.isEmpty else {
                return [.passed(code, plugin: "its types are known to its own Swift runtime alone")]
            }
            guard let loaded = host.swift else {
                return [.skipped(code, because: "what Swift code the host has loaded is not known")]
            }
            return judge(members, loaded, candidate)
        }
    }
}
