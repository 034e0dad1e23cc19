import Testing

@testable import Compatibility

/// The gates over signatures, by how far a verification came.
@Suite struct SignatureGateTests {
    typealias Outcome = SignatureFacts.Outcome

    private static let codes = ["missing", "malformed", "key", "library", "content", "comment"].map {
        "signature.\($0)"
    }

    private func candidate(
        _ mode: SignaturePolicy.Mode, _ outcomes: [Outcome], manifest: String = Sample.manifestText
    ) -> Candidate {
        Sample.candidate(manifest: manifest) { candidate, _ in
            candidate.signature = SignatureFacts(
                mode: mode, library: "libcrypto.so.3",
                files: zip(["/plugins/adder.so", "/plugins/adder.so.manifest"], outcomes).map {
                    .init(path: $0, outcome: $1)
                })
        }
    }

    private func findings(_ candidate: Candidate, policy: GatePolicy = .init()) -> [Finding] {
        GateReport.judge(candidate, host: Sample.host, policy: policy).findings.filter {
            $0.code.hasPrefix("signature.")
        }
    }

    @Test func passesWhatIsSignedForItsNameAndVersion() {
        let good = Outcome.verified(key: "AB", comment: "timestamp:1 name=adder version=1.2.0")
        let found = findings(candidate(.require, [good]))
        #expect(found.map(\.code) == Self.codes)
        #expect(found.allSatisfy { $0.verdict == .passed })
        #expect(
            found.map(\.plugin) == [
                "adder.so.minisig", "adder.so.minisig", "AB", "libcrypto.so.3", "AB",
                "timestamp:1 name=adder version=1.2.0",
            ])
    }

    @Test func skipsAllWhereThePolicyDoesNotAsk() {
        let found = findings(candidate(.off, [.missing]))
        #expect(found.map(\.code) == Self.codes && found.allSatisfy { $0.verdict == .skipped })
    }

    @Test func nobodyLookedIsNoSignature() {
        let found = findings(candidate(.require, []))
        #expect(found.first?.code == "signature.missing" && found.first?.verdict == .refused)
    }

    private static let failures: [(Outcome, String)] = [
        (
            .missing,
            "signature.missing: adder.so has no signature beside it, this host requires one: sign it: minisign -S -m "
                + "adder.so -t \"name=adder version=1.2.0\", and put adder.so.minisig beside it"
        ),
        (
            .malformed("it has 3 lines, expected 4"),
            "signature.malformed: adder.so.minisig is no signature of minisign's: it has 3 lines, expected 4: sign "
                + "adder.so again with minisign -S, and copy the signature as it is"
        ),
        (
            .keysUnusable("/keys can be written to by every user (mode 0777)", remedy: "take it from them"),
            "signature.key: this host's keys cannot be trusted: /keys can be written to by every user (mode 0777): take it "
                + "from them"
        ),
        (
            .unknownKey("AB", known: ["CD", "EF"]),
            "signature.key: adder.so is signed by the key AB, this host knows CD, EF: put the signer's public key into "
                + "the key folder, if you trust it"
        ),
        (
            .unknownKey("AB", known: []),
            "signature.key: adder.so is signed by the key AB, this host knows none: put the signer's public key into the "
                + "key folder, if you trust it"
        ),
        (
            .noLibrary(["libcrypto.so.3 could not be opened", "libsodium.so.23 could not be opened"]),
            "signature.library: nothing on this host can verify a signature: libcrypto.so.3 could not be opened; "
                + "libsodium.so.23 could not be opened: install one of them: apt-get install libssl3, or apt-get install "
                + "libsodium23"
        ),
        (
            .otherContent(key: "AB"),
            "signature.content: adder.so is not what the key AB signed: get the file and its signature from one place; if "
                + "it was built or stripped since, sign it again"
        ),
        (
            .forgedComment(key: "AB"),
            "signature.comment: the trusted comment of adder.so.minisig is not what the key AB signed: get the signature "
                + "again from where it was made"
        ),
        (
            .verified(key: "AB", comment: "name=other version=1.2.0"),
            "signature.comment: adder.so.minisig was made for the name other, the manifest of adder.so says adder: take "
                + "the signature that belongs to the file, or sign adder.so with minisign -S -t \"name=adder "
                + "version=1.2.0\""
        ),
        (
            .verified(key: "AB", comment: "name=adder"),
            "signature.comment: the trusted comment of adder.so.minisig has no one word version=…, the manifest says "
                + "1.2.0: sign adder.so with minisign -S -t \"name=adder version=1.2.0\""
        ),
    ]

    @Test(arguments: failures)
    func refusesUnderRequire(_ outcome: Outcome, _ sentence: String) {
        let found = findings(candidate(.require, [outcome]))
        #expect(found.filter { $0.verdict == .refused }.map(\.sentence) == [sentence])
        let code = found.first { $0.verdict == .refused }?.code ?? ""
        let place = Self.codes.firstIndex(of: code) ?? 0
        #expect(found.prefix(place).allSatisfy { $0.verdict == .passed }, "what came before was passed")
        #expect(found.dropFirst(place + 1).allSatisfy { $0.verdict == .skipped }, "what comes after was not judged")
    }

    @Test(arguments: failures)
    func warnsUnderWarn(_ outcome: Outcome, _ sentence: String) {
        let report = GateReport.judge(candidate(.warn, [outcome]), host: Sample.host)
        #expect(report.isAdmissible)
        let wanted = sentence.replacing("this host requires one", with: "this host wants one")
        #expect(report.warnings.map(\.sentence) == [wanted])
    }

    @Test(arguments: failures)
    func noSeverityLowersARefusal(_ outcome: Outcome, _ sentence: String) {
        for severity in [GatePolicy.Severity.warn, .ignore] {
            let policy = GatePolicy(
                severities: Dictionary(uniqueKeysWithValues: Self.codes.map { ($0, severity) }))
            let found = findings(candidate(.require, [outcome]), policy: policy)
            #expect(found.filter { $0.verdict == .refused }.map(\.sentence) == [sentence])
        }
    }

    @Test func bothProblemsOfACommentAreNamed() {
        let found = findings(candidate(.require, [.verified(key: "AB", comment: "name=x version=y")]))
        #expect(found.filter { $0.verdict == .refused }.map(\.plugin) == ["name=x", "version=y"])
    }

    /// The image and the manifest beside it, each signed by itself.
    @Test func judgesEveryFile() {
        let good = Outcome.verified(key: "AB", comment: "name=adder version=1.2.0")
        #expect(findings(candidate(.require, [good, good])).allSatisfy { $0.verdict == .passed })
        let found = findings(candidate(.require, [good, .missing]))
        #expect(found.first?.statement == "adder.so.manifest has no signature beside it, this host requires one")
        let both = findings(candidate(.require, [.otherContent(key: "AB"), .missing])).filter { $0.verdict == .refused }
        #expect(both.map(\.code) == ["signature.missing", "signature.content"])
    }

    @Test func commentOfAPluginWithoutAManifestNamesNothing() {
        let found = findings(
            candidate(.require, [.verified(key: "AB", comment: "name=adder version=1.2.0")], manifest: "name"))
        #expect(found.last?.verdict == .skipped)
        #expect(found.last?.statement == "not judged: no manifest could be read")
    }

    // MARK: What comes along

    @Test(arguments: [(SignaturePolicy.Mode.require, Finding.Verdict.refused), (.warn, .warning), (.off, .skipped)])
    func librariesAreTrustedByTheirPlace(_ mode: SignaturePolicy.Mode, _ verdict: Finding.Verdict) {
        func lines(_ libraries: [SignatureFacts.LibraryPlace]?) -> [String] {
            Sample.lines(
                "needed.unverified",
                Sample.candidate { candidate, _ in
                    candidate.signature = SignatureFacts(mode: mode, libraries: libraries)
                })
        }
        let fault = "/opt/lib can be written to by every user (mode 0777)"
        let found = lines([
            .init(name: "libz.so.1", path: "/lib/libz.so.1", fault: nil),
            .init(name: "libdep.so", path: "/opt/lib/libdep.so", fault: fault),
        ])
        if mode == .off {
            #expect(found.map { $0.prefix(7) } == ["skipped"])
        } else {
            #expect(
                found == [
                    "\(verdict) needed.unverified: plugin brings libdep.so along from /opt/lib/libdep.so, and \(fault): a "
                        + "library is trusted by its place: let nobody else write there, or install it where that is so"
                ])
            #expect(lines([]) == ["passed needed.unverified: passed"])
            #expect(lines(nil).map { $0.prefix(7) } == ["skipped"])
        }
    }
}
