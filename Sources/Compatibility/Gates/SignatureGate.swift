/// The signatures' steps, in the order in which they are taken; each has a code of its own.
private enum Step: Int, CaseIterable {
    case missing, malformed, key, library, content, comment

    var code: String {
        switch self {
        case .missing: "signature.missing"
        case .malformed: "signature.malformed"
        case .key: "signature.key"
        case .library: "signature.library"
        case .content: "signature.content"
        case .comment: "signature.comment"
        }
    }
}

extension Gate {
    /// `signature.missing`, `.malformed`, `.key`, `.library`, `.content`, `.comment`: the image, and a manifest beside it,
    /// are signed by a key of the host's, for the name and version that the manifest says.
    ///
    /// Refusals under `require`, warnings under `warn`, skipped under `off`. What comes after a step that failed is
    /// skipped.
    static let signature = Gate(codes: Step.allCases.map(\.code)) { candidate, _ in
        let facts = candidate.signature
        guard facts.mode != .off else {
            return Step.allCases.map { .skipped($0.code, because: "the policy does not ask for signatures") }
        }
        if facts.files.isEmpty, case .failure(let none) = candidate.image, case .tooLarge = none {
            return Step.allCases.map { .skipped($0.code, because: none.reason) }
        }
        // Nobody looked: that is no signature, never a good one.
        let files = facts.files.isEmpty ? [.init(path: candidate.path, outcome: .missing)] : facts.files
        let judged = files.map { Judged($0, facts, candidate.foundManifest) }
        return Step.allCases.flatMap { step -> [Finding] in
            let failed = judged.filter { $0.failure?.step == step }.flatMap(\.findings)
            if !failed.isEmpty { return failed }
            if let earlier = judged.compactMap(\.failure).map(\.step).filter({ $0.rawValue < step.rawValue }).first {
                return [.skipped(step.code, because: "\(earlier.code) was not passed")]
            }
            if step == .comment, candidate.foundManifest == nil {
                return [.skipped(step.code, because: "no manifest could be read")]
            }
            return [.passed(step.code, plugin: judged.map { $0.shown(at: step) }.joined(separator: ", "))]
        }
    }
}

/// One signed file, judged.
private struct Judged {
    let file: SignatureFacts.SignedFile
    let facts: SignatureFacts
    let manifest: PluginManifest?

    init(_ file: SignatureFacts.SignedFile, _ facts: SignatureFacts, _ manifest: PluginManifest?) {
        self.file = file
        self.facts = facts
        self.manifest = manifest
    }

    private var name: String { file.path.split(separator: "/").last.map(String.init) ?? file.path }
    private var signatureName: String { SignatureFacts.SignedFile.signaturePath(of: name) }

    /// The words that the trusted comment must hold.
    private var words: String {
        "name=\(manifest?.name ?? "…") version=\(manifest?.version ?? "…")"
    }

    /// What failed: the step, and what it says of the plugin and the host.
    var failure: (step: Step, texts: [Texts])? {
        switch file.outcome {
        case .missing:
            (
                .missing,
                [
                    Texts(
                        plugin: "unsigned", host: host, "\(name) has no signature beside it, \(demand)",
                        "sign it: minisign -S -m \(name) -t \"\(words)\", and put \(signatureName) beside it")
                ]
            )
        case .malformed(let clause):
            (
                .malformed,
                [
                    Texts(
                        plugin: signatureName, host: "minisign",
                        "\(signatureName) is no signature of minisign's: \(clause)",
                        "sign \(name) again with minisign -S, and copy the signature as it is")
                ]
            )
        case .keysUnusable(let clause, let remedy):
            (
                .key,
                [
                    Texts(
                        plugin: signatureName, host: "no key that can be trusted",
                        "this host's keys cannot be trusted: \(clause)", remedy)
                ]
            )
        case .unknownKey(let key, let known):
            (
                .key,
                [
                    Texts(
                        plugin: key, host: known.isEmpty ? "no key" : known.joined(separator: ", "),
                        "\(name) is signed by the key \(key), this host knows "
                            + (known.isEmpty ? "none" : known.joined(separator: ", ")),
                        "put the signer's public key into the key folder, if you trust it")
                ]
            )
        case .noLibrary(let tried):
            (
                .library,
                [
                    Texts(
                        plugin: signatureName, host: tried.joined(separator: "; "),
                        "nothing on this host can verify a signature: \(tried.joined(separator: "; "))",
                        "install one of them: apt-get install libssl3, or apt-get install libsodium23")
                ]
            )
        case .otherContent(let key):
            (
                .content,
                [
                    Texts(
                        plugin: key, host: "other bytes", "\(name) is not what the key \(key) signed",
                        "get the file and its signature from one place; if it was built or stripped since, sign it again"
                    )
                ]
            )
        case .forgedComment(let key):
            (
                .comment,
                [
                    Texts(
                        plugin: key, host: "another comment",
                        "the trusted comment of \(signatureName) is not what the key \(key) signed",
                        "get the signature again from where it was made")
                ]
            )
        case .verified(_, let comment): mismatches(comment).isEmpty ? nil : (.comment, mismatches(comment))
        }
    }

    var findings: [Finding] {
        guard let failure else { return [] }
        return failure.texts.map { texts in
            Finding(
                failure.step.code, facts.mode == .require ? .refused : .warning, plugin: texts.plugin,
                host: texts.host, statement: texts.statement, remedy: texts.remedy)
        }
    }

    /// What a passed step shows of the file.
    func shown(at step: Step) -> String {
        guard case .verified(let key, let comment) = file.outcome else { return "" }
        return switch step {
        case .missing, .malformed: signatureName
        case .key, .content: key
        case .library: facts.library ?? ""
        case .comment: comment
        }
    }

    private var host: String { facts.mode == .require ? "a signature required" : "a signature wanted" }
    private var demand: String { "this host \(facts.mode == .require ? "requires" : "wants") one" }

    /// Where the trusted comment and the manifest differ.
    private func mismatches(_ comment: String) -> [Texts] {
        guard let manifest else { return [] }
        return [("name", manifest.name), ("version", manifest.version)].compactMap { word, value in
            let signed = MinisignSignature.word(word, of: comment)
            if signed == value { return nil }
            let remedy = "sign \(name) with minisign -S -t \"\(words)\""
            guard let signed else {
                return Texts(
                    plugin: comment, host: "\(word)=\(value)",
                    "the trusted comment of \(signatureName) has no one word \(word)=…, the manifest says \(value)",
                    remedy)
            }
            return Texts(
                plugin: "\(word)=\(signed)", host: "\(word)=\(value)",
                "\(signatureName) was made for the \(word) \(signed), the manifest of \(name) says \(value)",
                "take the signature that belongs to the file, or \(remedy)")
        }
    }

    /// The parts of a finding.
    struct Texts {
        let plugin: String
        let host: String
        let statement: String
        let remedy: String

        init(plugin: String, host: String, _ statement: String, _ remedy: String) {
            self.plugin = plugin
            self.host = host
            self.statement = statement
            self.remedy = remedy
        }
    }
}
