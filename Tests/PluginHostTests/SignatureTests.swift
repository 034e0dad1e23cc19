import Compatibility
import Glibc
import PluginHost
import PluginLoading
import Synchronization
import TestSupport
import Testing

/// Hosts that ask for signatures, and files that are signed, or not, or no more.
@Suite struct SignatureTests {
    /// A host that requires signatures by the first signer; the second is nobody that it knows.
    private func withDemandingHost(
        _ configure: (inout HostConfiguration) -> Void = { _ in },
        _ body: (PluginHost, TemporaryFolder, Signer) async throws -> Void
    ) async throws {
        let signer = try Signer(1)
        let keys = try TemporaryFolder()
        let path = try Signer.keyFolder([signer], in: keys)
        try await withHost(
            {
                $0.signatures = SignaturePolicy(mode: .require, keyFolder: path)
                configure(&$0)
            }, { host, folder in try await body(host, folder, signer) })
    }

    private func refusals(_ host: PluginHost, _ path: String) async throws -> [String] {
        guard case .refused(let report) = try await hostError({ _ = try await host.load(path) }) else { return [] }
        return report.refusals.map(\.sentence)
    }

    @Test(arguments: CryptoLibrary.Source.standard, Signer.Form.allCases)
    func signedPluginIsLoadedFromSealedMemory(_ library: CryptoLibrary.Source, _ form: Signer.Form) async throws {
        try await withDemandingHost({ $0.signatureLibraries = [library] }) { host, folder, signer in
            let first = try Plugins.answers("1.0.0", answer: 1, into: folder)
            try signer.sign(first, comment: "timestamp:1 name=answers version=1.0.0", form: form)
            let reply = try await host.load(first)
            #expect(reply.protection == "sealed" && reply.warnings == [])
            let second = try Plugins.answers("1.1.0", answer: 2, into: folder)
            try signer.sign(second, comment: "version=1.1.0 name=answers", form: form)
            #expect(try await host.swap("answers", to: second).retired == .unmapped)
            #expect(try call(host.bind("answers", "^1", answer)) == 2)
        }
    }

    @Test func eachBadSignatureIsRefusedWithItsCode() async throws {
        try await withDemandingHost { host, folder, signer in
            let path = try Plugins.answers("1.0.0", answer: 1, named: "answers", into: folder)
            let good = "name=answers version=1.0.0"
            #expect(
                try await refusals(host, path) == [
                    "signature.missing: answers.so has no signature beside it, this host requires one: sign it: minisign "
                        + "-S -m answers.so -t \"\(good)\", and put answers.so.minisig beside it"
                ])
            let stranger = try Signer(2)
            try stranger.sign(path, comment: good)
            #expect(
                try await refusals(host, path) == [
                    "signature.key: answers.so is signed by the key \(stranger.keyID), this host knows \(signer.keyID): "
                        + "put the signer's public key into the key folder, if you trust it"
                ])
            try signer.sign(path, comment: "name=answers version=2.0.0")
            #expect(
                try await refusals(host, path) == [
                    "signature.comment: answers.so.minisig was made for the version 2.0.0, the manifest of answers.so says "
                        + "1.0.0: take the signature that belongs to the file, or sign answers.so with minisign -S -t "
                        + "\"\(good)\""
                ])
            try signer.sign(path, comment: good)
            let other = try Plugins.answers("1.0.0", answer: 2, named: "other", into: folder)
            try replaceFile(readFile(other), path)
            #expect(
                try await refusals(host, path) == [
                    "signature.content: answers.so is not what the key \(signer.keyID) signed: get the file and its "
                        + "signature from one place; if it was built or stripped since, sign it again"
                ])
            #expect(host.list(includingRetired: true).isEmpty)
        }
    }

    /// A sparse file over 64 MiB: only with a signature of the host's key do its bytes matter.
    @Test(arguments: ["no signature", "half a signature", "a stranger's"])
    func aLargeFileThatCannotBeVerifiedIsRefusedUnread(_ signature: String) async throws {
        try await withDemandingHost { host, folder, signer in
            let path = try folder.write([0x7f, 0x45, 0x4c, 0x46], to: "large.so")
            let stranger = try Signer(2)
            let refusal: String
            switch signature {
            case "no signature":
                refusal =
                    "signature.missing: large.so has no signature beside it, this host requires one: sign it: minisign -S "
                    + "-m large.so -t \"name=… version=…\", and put large.so.minisig beside it"
            case "half a signature":
                try folder.write("untrusted comment: half\n", to: "large.so.minisig")
                refusal =
                    "signature.malformed: large.so.minisig is no signature of minisign's: it has 1 lines, expected 4: sign "
                    + "large.so again with minisign -S, and copy the signature as it is"
            default:
                try stranger.sign(path, comment: "name=large version=1.0.0")
                refusal =
                    "signature.key: large.so is signed by the key \(stranger.keyID), this host knows \(signer.keyID): put "
                    + "the signer's public key into the key folder, if you trust it"
            }
            #expect(truncate(path, (64 << 20) + 1) == 0)
            guard case .refused(let report) = try await hostError({ _ = try await host.load(path) }) else {
                Issue.record("not refused")
                return
            }
            #expect(report.refusals.map(\.sentence) == [refusal])
            #expect(report.image.description == "unread")
            let unread =
                "not judged: without a signature that can be verified this host reads files of at most 67108864 bytes"
            #expect(report.findings.first { $0.code == "elf.structure" }?.statement == unread)
            #expect(
                report.findings.allSatisfy {
                    $0.verdict != .passed || $0.code.hasPrefix("file.") || $0.code.hasPrefix("signature.")
                })
            #expect(truncate(path, 1 << 20) == 0)
            #expect(
                try await refusals(host, path).contains { $0.hasPrefix("elf.") },
                "a small one is told everything at once")
        }
    }

    @Test func withoutALibraryNothingIsLoaded() async throws {
        let absent = [CryptoLibrary.Source("libabsent.so.3", .openSSL), .init("libabsent.so.23", .sodium)]
        try await withDemandingHost({ $0.signatureLibraries = absent }) { host, folder, signer in
            let path = try Plugins.answers("1.0.0", answer: 1, into: folder)
            try signer.sign(path, comment: "name=answers version=1.0.0")
            #expect(
                try await refusals(host, path) == [
                    "signature.library: nothing on this host can verify a signature: libabsent.so.3 could not be opened; "
                        + "libabsent.so.23 could not be opened: install one of them: apt-get install libssl3, or apt-get "
                        + "install libsodium23"
                ])
        }
    }

    @Test func underWarnAnUnsignedPluginIsLoadedWithAWarning() async throws {
        try await withHost({ $0.signatures = .init(mode: .warn) }) { host, folder in
            let reply = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            #expect(reply.warnings.map(\.code) == ["signature.missing"])
        }
    }

    /// A signed image that is stripped afterwards is another file.
    @Test func strippingAfterSigningIsNoticed() async throws {
        try await withDemandingHost { host, folder, signer in
            let path = try Plugins.answers("1.0.0", answer: 1, into: folder)
            try signer.sign(path, comment: "name=answers version=1.0.0")
            #expect(try Command.run(["strip", path]).exitCode == 0)
            #expect(try await refusals(host, path).first?.hasPrefix("signature.content: ") == true)
        }
    }

    /// Somebody swaps the file between a signed content and another all the time, in place and by renaming.
    ///
    /// What runs is what was signed, always: the other content's constructor would leave a mark.
    @Test(.timeLimit(.minutes(2))) func rewrittenFileNeverRunsUnverified() async throws {
        try await withDemandingHost { host, folder, signer in
            let mark = folder.file("mark")
            let good = try readFile(Plugins.answers("1.0.0", answer: 1, named: "good", into: folder))
            let bad = try readFile(
                Fixture.build(
                    """
                    #include <switchboard.h>
                    #include <fcntl.h>
                    SWB_MANIFEST("name = answers\\n" "version = 1.0.0\\n" "export = answer\\n");
                    SWB_EXPORT int32_t answer(void) { return 666; }
                    __attribute__((constructor)) static void mark(void) { open("\(mark)", O_CREAT | O_WRONLY, 0600); }
                    """, named: "bad", into: folder))
            let path = try folder.write(good, to: "plugin.so")
            try signer.sign(path, comment: "name=answers version=1.0.0")
            let isOver = Atomic(false)
            let rewrites = Atomic(0)
            async let writer: Void = onThread {
                var turn = 0
                while !isOver.load(ordering: .relaxed) {
                    turn += 1
                    let content = turn % 2 == 0 ? good : bad
                    if turn % 4 < 2 {
                        try folder.write(content, to: "plugin.so")
                    } else {
                        try replaceFile(content, path)
                    }
                    rewrites.add(1, ordering: .relaxed)
                    usleep(UInt32(turn % 7) * 100)
                }
            }
            var (loaded, refused, attempts) = (0, 0, 0)
            while loaded < 100 || refused < 100 || rewrites.load(ordering: .relaxed) <= 100, attempts < 10_000 {
                attempts += 1
                do {
                    _ = try await host.load(path)
                    #expect(try call(host.bind("answers", "^1", answer)) == 1)
                    _ = try await host.unload("answers")
                    loaded += 1
                } catch let error as PluginHostError {
                    switch error {
                    case .refused, .conflict: refused += 1
                    default: Issue.record("\(error)")
                    }
                }
            }
            isOver.store(true, ordering: .relaxed)
            try await writer
            #expect(access(mark, F_OK) != 0, "no constructor of the other content ran")
            #expect(loaded >= 100 && refused >= 100 && rewrites.load(ordering: .relaxed) > 100)
        }
    }

    // MARK: Keys

    @Test func keyThatIsTakenAwayCountsNoMore() async throws {
        let (signer, keys) = (try Signer(1), try TemporaryFolder())
        let folderOfKeys = try Signer.keyFolder([signer], in: keys)
        try await withHost({ $0.signatures = .init(mode: .require, keyFolder: folderOfKeys) }) { host, folder in
            let path = try Plugins.answers("1.0.0", answer: 1, into: folder)
            try signer.sign(path, comment: "name=answers version=1.0.0")
            #expect(unlink("\(folderOfKeys)/\(signer.keyID).pub") == 0)
            #expect(try await refusals(host, path).first?.contains("this host knows none") == true)
            #expect(chmod(folderOfKeys, 0o777) == 0)
            #expect(
                try await refusals(host, path).first?.hasPrefix("signature.key: this host's keys cannot be trusted: ")
                    == true)
            #expect(chmod(folderOfKeys, 0o700) == 0)
            try keys.write(signer.publicKeyText, to: "keys/again.pub")
            #expect(try await host.load(path).protection == "sealed")
        }
    }

    @Test func hostDoesNotStartWithKeysThatOthersCanWrite() async throws {
        let keys = try TemporaryFolder()
        let path = try Signer.keyFolder([Signer(1)], in: keys)
        #expect(chmod(path, 0o777) == 0)
        let error = try await hostError {
            _ = try PluginHost(HostConfiguration(signatures: .init(mode: .warn, keyFolder: path)))
        }
        #expect(error.code == "invalid-request")
        #expect(
            error.description
                == "the host cannot start: its key folder cannot be trusted: \(path) can be written to by "
                + "every user (mode 0777): give the key folder and its files to the host's user or root, and let nobody "
                + "else write to them")
    }

    // MARK: What comes along

    /// A signed plugin that needs a library of its own, which lies in the folder `lib`.
    private func helped(
        by library: String, searchedIn folders: String, _ folder: TemporaryFolder, _ signer: Signer
    ) throws -> String {
        _ = try Fixture.build(
            "__attribute__((visibility(\"default\"))) int helper(void) { return 7; }", named: "lib/lib\(library)",
            into: folder)
        let path = try Fixture.build(
            """
            #include <switchboard.h>
            SWB_MANIFEST("name = helped\\n" "version = 1.0.0\\n" "export = answer\\n");
            int helper(void);
            SWB_EXPORT int32_t answer(void) { return helper(); }
            """, named: "helped", flags: ["-L\(folder.file("lib"))", "-l\(library)", "-Wl,-rpath,\(folders)"],
            into: folder)
        try signer.sign(path, comment: "name=helped version=1.0.0")
        return path
    }

    @Test func libraryThatOthersCanReplaceIsRefused() async throws {
        try await withDemandingHost { host, folder, signer in
            let library = folder.file("lib")
            #expect(mkdir(library, 0o700) == 0)
            let path = try helped(by: "helper", searchedIn: library, folder, signer)
            #expect(chmod(library, 0o777) == 0)
            #expect(
                try await refusals(host, path) == [
                    "needed.unverified: plugin brings libhelper.so along from \(library)/libhelper.so, and \(library) can "
                        + "be written to by every user (mode 0777): a library is trusted by its place: let nobody else "
                        + "write there, or install it where that is so"
                ])
            #expect(chmod(library, 0o755) == 0)
            _ = try await host.load(path)
            #expect(try call(host.bind("helped", "^1", answer)) == 7)
        }
    }

    /// Whoever can write where the dynamic linker looks first decides what it finds; whether a file lies there when the
    /// gates look is no matter.
    @Test func folderThatIsSearchedBeforeMustBeNobodyElsesToo() async throws {
        try await withDemandingHost { host, folder, signer in
            let (open, library) = (folder.file("open"), folder.file("lib"))
            for made in [open, library] { #expect(mkdir(made, 0o755) == 0) }
            let path = try helped(by: "searched", searchedIn: "\(open):\(open)/absent:\(library)", folder, signer)
            #expect(chmod(open, 0o777) == 0)
            #expect(
                try await refusals(host, path) == [
                    "needed.unverified: plugin brings libsearched.so along from \(library)/libsearched.so, and \(open) is "
                        + "searched before that, and \(open) can be written to by every user (mode 0777): a library is "
                        + "trusted by its place: let nobody else write there, or install it where that is so"
                ])
            #expect(chmod(open, 0o755) == 0)
            _ = try await host.load(path)
            #expect(try call(host.bind("helped", "^1", answer)) == 7)
        }
    }

    /// The library is signed, and so is the text that makes a plugin of it.
    @Test func manifestBesideAForeignLibraryNeedsItsOwnSignature() async throws {
        try await withDemandingHost { host, folder, signer in
            let path = try Fixture.build(
                "__attribute__((visibility(\"default\"))) int answer(void) { return 7; }", named: "foreign",
                into: folder)
            try folder.write("name = foreign\nversion = 1.0.0\nexport = answer\n", to: "foreign.so.manifest")
            try signer.sign(path, comment: "name=foreign version=1.0.0")
            #expect(
                try await refusals(host, path) == [
                    "signature.missing: foreign.so.manifest has no signature beside it, this host requires one: sign it: "
                        + "minisign -S -m foreign.so.manifest -t \"name=foreign version=1.0.0\", and put "
                        + "foreign.so.manifest.minisig beside it"
                ])
            try signer.sign(path + ".manifest", comment: "name=foreign version=1.0.0")
            #expect(try await host.load(path).protection == "sealed")
            #expect(try call(host.bind("foreign", "^1", answer)) == 7)
        }
    }
}
