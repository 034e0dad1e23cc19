/// A policy while its lines are read.
struct HostPolicyDraft {
    private var policy = HostPolicy()
    /// The line that gave a key that may stand once; for the others, that gave `key value`.
    private var lines: [String: Int] = [:]

    /// Takes one line.
    mutating func take(_ line: KeyValueLine) throws(LineError) {
        guard let key = PolicyKey.all.first(where: { $0.name == line.key }) else {
            let near = NearestName.nearest(to: line.key, among: PolicyKey.all.map(\.name))
            throw LineError(
                line: line.number, problem: "\(line.key) is no key of a policy",
                remedy: near.map { "write \($0) if that was meant" } ?? "see plugctl policy --help for those that are")
        }
        if !key.isRepeatable { try note(line.key, as: "is given", line) }
        switch key.kind {
        case .duration(let field, let bounds): policy[keyPath: field] = try Self.duration(line, bounds)
        case .size(let field):
            policy[keyPath: field] = try Self.read(
                line, PolicyAmount.size,
                "write a whole number from 1B to 1024GiB with its unit, as 64KiB, 16MiB or 8GiB")
        case .count(let field):
            policy[keyPath: field] = try Self.read(
                line, PolicyAmount.count, "write a whole number from 1 to \(PolicyAmount.countLimit)")
        case .share(let field):
            policy[keyPath: field] = try Self.read(
                line, PolicyAmount.share, "write a share of all calls from 0% to 100%, as 5% or 0.5%")
        case .path(let field): policy[keyPath: field] = try Self.path(line)
        case .signatures: policy.signatures = try Self.word(line)
        case .rehearsal: policy.rehearsal = try Self.word(line)
        case .severity: try takeSeverity(line)
        case .folder:
            let folder = try Self.path(line)
            try note("folder \(folder)", as: "names \(printable(folder, limit: 80))", line)
            try Self.refuseTooMany(policy.folders.count, line)
            policy.folders.append(folder)
        case .owner:
            let owner = try Self.owner(line)
            try note("owner \(owner)", as: "names \(owner)", line)
            try Self.refuseTooMany(policy.owners.count, line)
            policy.owners.append(owner)
        }
    }

    /// The policy, once all lines are read.
    func finished() throws(LineError) -> HostPolicy {
        if let mode = policy.signatures, mode != .off, policy.keys == nil {
            throw LineError(
                line: lines["signatures"], problem: "signatures = \(mode.rawValue) has no keys to verify with",
                remedy: "add keys = /folder/of/public/keys")
        }
        try refuseUnreachable(policy.generationsWarning, policy.generations, "budget.generations") { "\($0)" }
        try refuseUnreachable(policy.bytesWarning, policy.bytes, "budget.bytes", PolicyAmount.text(bytes:))
        try refuseUnreachable(policy.mappingsWarning, policy.mappings, "budget.mappings") { "\($0)" }
        return policy
    }

    /// Remembers the line of what may be said once.
    private mutating func note(_ what: String, as clause: String, _ line: KeyValueLine) throws(LineError) {
        if let first = lines[what] {
            throw LineError(
                line: line.number, problem: "\(line.key) \(clause) twice, first in line \(first)",
                remedy: "keep one of them")
        }
        lines[what] = line.number
    }

    private mutating func takeSeverity(_ line: KeyValueLine) throws(LineError) {
        let words = line.value.split { $0 == " " || $0 == "\t" }.map(String.init)
        let code = words[0]
        if let refusal = GatePolicy.refusalOfSeverity(for: code) {
            throw LineError(line: line.number, problem: refusal.problem, remedy: refusal.remedy)
        }
        let known = GatePolicy.Severity.allCases.map(\.rawValue)
        guard words.count == 2, let severity = GatePolicy.Severity(rawValue: words[1]) else {
            let rest = words.dropFirst().joined(separator: " ")
            let near = NearestName.nearest(to: rest, among: known)
            throw LineError(
                line: line.number,
                problem: rest.isEmpty
                    ? "severity says nothing of \(code)"
                    : "\"\(printable(rest, limit: 80))\" is no severity",
                remedy: near.map { "write severity = \(code) \($0) if that was meant" }
                    ?? "write severity = \(code) refuse, warn or ignore")
        }
        guard severity == .refuse || GatePolicy.canLower(code) else {
            throw LineError(
                line: line.number,
                problem: "severity cannot lower \(code): what it refuses cannot be loaded, or breaks the process",
                remedy: "drop the line, and mend the plugins")
        }
        try note("severity \(code)", as: "names \(code)", line)
        policy.severities[code] = severity
    }

    /// A warning above its budget would never be said.
    private func refuseUnreachable(
        _ warning: Int?, _ budget: Int?, _ key: String, _ text: (Int) -> String
    ) throws(LineError) {
        guard let warning, let budget, warning > budget else { return }
        throw LineError(
            line: lines["\(key).warning"],
            problem:
                "\(key).warning = \(text(warning)) is more than \(key) = \(text(budget)), so it would never be said",
            remedy: "lower it, or drop the line: then it is half of the budget")
    }
}

// One line's value, read or refused.
extension HostPolicyDraft {
    private static func duration(_ line: KeyValueLine, _ bounds: ClosedRange<Duration>) throws(LineError) -> Duration {
        let value = try read(
            line, PolicyAmount.duration, "write a whole number with its unit, as 500ms, 5s, 2m or 1h")
        guard bounds.contains(value) else {
            throw refused(
                line,
                "write a time from \(PolicyAmount.text(bounds.lowerBound)) to \(PolicyAmount.text(bounds.upperBound))")
        }
        return value
    }

    /// An absolute path, each folder named as it is: what is compared with it has no other form.
    private static func path(_ line: KeyValueLine) throws(LineError) -> String {
        let parts = line.value.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        guard line.value.utf8.first == UInt8(ascii: "/"), !parts.contains("."), !parts.contains("..") else {
            throw refused(line, "write an absolute path without . and .., as /usr/lib/plugins")
        }
        return "/" + parts.joined(separator: "/")
    }

    private static func owner(_ line: KeyValueLine) throws(LineError) -> HostPolicy.Owner {
        let text = line.value
        if text.utf8.allSatisfy(VersionScanner.isDigit) {
            // The highest number stands for "nobody is meant" in chown(2).
            guard text.utf8.count <= 10, let uid = UInt32(text), uid != .max else {
                throw refused(line, "write a user's name, or a number from 0 to \(UInt32.max - 1)")
            }
            return .uid(uid)
        }
        guard PluginManifest.isName(text) || (text.utf8.first == UInt8(ascii: "_") && PluginManifest.isName("u" + text))
        else { throw refused(line, "write a user's name, or a number from 0 to \(UInt32.max - 1)") }
        return .name(text)
    }

    private static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ line: KeyValueLine
    ) throws(LineError) -> Word {
        if let word = Word(rawValue: line.value) { return word }
        let known = Word.allCases.map(\.rawValue)
        let near = NearestName.nearest(to: line.value, among: known)
        let list = known.dropLast().joined(separator: ", ") + " or " + (known.last ?? "")
        throw refused(line, near.map { "write \(line.key) = \($0) if that was meant" } ?? "write \(list)")
    }

    private static func read<Value>(
        _ line: KeyValueLine, _ reader: (String) -> Value?, _ remedy: String
    ) throws(LineError) -> Value {
        guard let value = reader(line.value) else { throw refused(line, remedy) }
        return value
    }

    private static func refuseTooMany(_ count: Int, _ line: KeyValueLine) throws(LineError) {
        guard count >= HostPolicy.lineLimit else { return }
        throw LineError(
            line: line.number, problem: "more than \(HostPolicy.lineLimit) lines of \(line.key)",
            remedy: "name a folder above them, or fewer owners")
    }

    private static func refused(_ line: KeyValueLine, _ remedy: String) -> LineError {
        LineError(
            line: line.number, problem: "\(line.key) cannot be \"\(printable(line.value, limit: 80))\"", remedy: remedy)
    }
}
