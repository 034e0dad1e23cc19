import Compatibility
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import PluginLoading

/// Verification of real signatures, by both libraries.
@Suite struct SignatureVerifierTests {
    typealias Outcome = SignatureFacts.Outcome
    typealias Library = CryptoLibrary.Source

    private let folder: TemporaryFolder
    private let file: String

    init() throws {
        folder = try TemporaryFolder()
        file = try folder.write(MinisignVectors.content, to: "adder.so")
        #expect(mkdir(folder.file("keys"), 0o700) == 0)
        try folder.write(MinisignVectors.publicKey, to: "keys/signer.pub")
    }

    private func verify(_ libraries: [Library] = Library.standard, keys: String = "keys") throws -> SignatureFacts {
        let bytes = try readFile(file)
        return SignatureVerifier(
            SignaturePolicy(mode: .require, keyFolder: folder.file(keys)), libraries: libraries
        ).facts(of: file, bytes.span.bytes)
    }

    private func outcome(_ libraries: [Library] = Library.standard, keys: String = "keys") throws -> Outcome {
        try #require(try verify(libraries, keys: keys).files.first?.outcome)
    }

    private func sign(_ text: String) throws { try folder.write(text, to: "adder.so.minisig") }

    private static let good = Outcome.verified(
        key: "FCC6C75A9D4715A4", comment: "timestamp:1753000000 name=adder version=1.2.0")

    /// `CryptoLibrary` opens only what passes its self-test: RFC 8032's and RFC 7693's vectors.
    @Test(arguments: Library.standard, [MinisignVectors.prehashed, MinisignVectors.legacy])
    func takesWhatMinisignSigned(_ library: Library, _ signature: String) throws {
        try sign(signature)
        let facts = try verify([library])
        #expect(facts.files.map(\.outcome) == [Self.good])
        #expect(facts.library == library.name)
    }

    @Test(arguments: Library.standard, Signer.Form.allCases)
    func takesWhatTheTestsSign(_ library: Library, _ form: Signer.Form) throws {
        let signer = try Signer(7)
        try folder.write(signer.publicKeyText, to: "keys/other.pub")
        try signer.sign(file, comment: "name=adder version=1.2.0", form: form)
        #expect(try outcome([library]) == .verified(key: signer.keyID, comment: "name=adder version=1.2.0"))
    }

    /// Two thousand seeded flips of one bit, over the file, the signature and the trusted comment.
    ///
    /// The untrusted comment is what its name says: the one line that nobody signs.
    @Test(arguments: Library.standard)
    func noBitCanBeFlipped(_ library: Library) throws {
        var random = Randomness(seed: 20_251_128)
        let content = MinisignVectors.content
        var flips = (file: 0, signature: 0)
        for round in 0..<2000 {
            let text = Array((round % 2 == 0 ? MinisignVectors.prehashed : MinisignVectors.legacy).utf8)
            let signed = (text.firstIndex(of: UInt8(ascii: "\n")) ?? 0)..<text.count
            var (bytes, signature) = (content, text)
            let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
            if round % 4 < 2 {
                bytes[Int.random(in: bytes.indices, using: &random)] ^= bit
                flips.file += 1
            } else {
                signature[Int.random(in: signed, using: &random)] ^= bit
                flips.signature += 1
            }
            try folder.write(signature, to: "adder.so.minisig")
            let policy = SignaturePolicy(mode: .require, keyFolder: folder.file("keys"))
            let facts = SignatureVerifier(policy, libraries: [library]).facts(of: file, bytes.span.bytes)
            if case .verified = facts.files.first?.outcome { Issue.record("round \(round) was taken: bit \(bit)") }
        }
        #expect(flips == (1000, 1000))
    }

    @Test func eachFailureIsToldApart() throws {
        #expect(try outcome() == .missing)
        try sign("hello\n")
        #expect(try outcome() == .malformed("it has 1 lines, expected 4"))
        try sign(String(repeating: "x", count: 100_000))
        #expect(try outcome() == .malformed("it has 4097 bytes, the limit is 4096"))
        try sign(MinisignVectors.prehashed)
        try folder.write(MinisignVectors.otherPublicKey, to: "keys/signer.pub")
        #expect(try outcome() == .unknownKey("FCC6C75A9D4715A4", known: ["764ABD291E1897CC"]))
        try folder.write(MinisignVectors.publicKey, to: "keys/signer.pub")
        try folder.write(Array("Switchboard signs that.\n".utf8), to: "adder.so")
        #expect(try outcome() == .otherContent(key: "FCC6C75A9D4715A4"))
        try folder.write(MinisignVectors.content, to: "adder.so")
        try sign(MinisignVectors.prehashed.replacing("version=1.2.0", with: "version=1.3.0"))
        #expect(try outcome() == .forgedComment(key: "FCC6C75A9D4715A4"))
        // A signature of the one format is none in the other.
        try sign(MinisignVectors.prehashed.replacing("RUSk", with: "RWSk"))
        #expect(try outcome() == .otherContent(key: "FCC6C75A9D4715A4"))
    }

    @Test func signatureThatIsNoFileIsMalformed() throws {
        #expect(mkdir(file + ".minisig", 0o700) == 0)
        #expect(try outcome() == .malformed("it is not a regular file"))
        #expect(rmdir(file + ".minisig") == 0 && mkfifo(file + ".minisig", 0o600) == 0)
        #expect(try outcome() == .malformed("it is not a regular file"), "and nobody waits for its writer")
    }

    /// Nothing is asked of small files, and of large ones only what is known without their bytes.
    @Test func largeFilesThatCannotBeVerifiedAreNotRead() throws {
        let verifier = SignatureVerifier(SignaturePolicy(mode: .require, keyFolder: folder.file("keys")))
        let large = SignatureVerifier.unsignedLimit + 1
        #expect(verifier.obstacle(toReading: file, size: large) == .unsigned(limit: 67_108_864))
        #expect(verifier.factsUnread(of: file).files.map(\.outcome) == [.missing])
        #expect(verifier.obstacle(toReading: file, size: large - 1) == nil)
        for mode in [SignaturePolicy.Mode.off, .warn] {
            let lenient = SignatureVerifier(SignaturePolicy(mode: mode, keyFolder: folder.file("keys")))
            #expect(lenient.obstacle(toReading: file, size: large) == nil)
        }
        try sign(MinisignVectors.prehashed)
        #expect(verifier.obstacle(toReading: file, size: large) == nil)
        #expect(verifier.factsUnread(of: file).files == [])
    }

    @Test func withoutALibraryNothingIsVerified() throws {
        try sign(MinisignVectors.prehashed)
        let absent = [Library("libabsent.so.3", .openSSL), Library("libabsent.so.23", .sodium)]
        #expect(
            try outcome(absent)
                == .noLibrary(["libabsent.so.3 could not be opened", "libabsent.so.23 could not be opened"]))
        #expect(
            try outcome([Library("libc.so.6", .sodium)]) == .noLibrary(["libc.so.6 has no sodium_init"]),
            "another library than it says")
        #expect(try outcome([absent[0], Library.standard[1]]) == Self.good, "the second is as good")
    }

    /// As a build of OpenSSL without Ed25519 would be, or one that says yes to everything.
    @Test func libraryThatFailsItsSelfTestIsNotUsed() throws {
        try sign(MinisignVectors.prehashed)
        let fake = try Fixture.build(
            """
            #include <stdint.h>
            #include <stddef.h>
            __attribute__((visibility("default"))) int sodium_init(void) { return 0; }
            __attribute__((visibility("default"))) int crypto_sign_verify_detached(
                const uint8_t *s, const uint8_t *m, unsigned long long n, const uint8_t *k) { return 0; }
            __attribute__((visibility("default"))) int crypto_generichash(
                uint8_t *o, size_t c, const uint8_t *i, unsigned long long n, const uint8_t *k, size_t l) { return 0; }
            __attribute__((visibility("default"))) int crypto_hash_sha256(
                uint8_t *o, const uint8_t *i, unsigned long long n) { return 0; }
            """, named: "fake", into: folder)
        let reason = "\(fake) does not verify a known signature: a build or mode without Ed25519"
        #expect(try outcome([Library(fake, .sodium)]) == .noLibrary([reason]))
    }

    // MARK: Keys

    @Test func keysThatOthersCouldHaveWrittenAreNotUsed() throws {
        try sign(MinisignVectors.prehashed)
        let keys = folder.file("keys")
        #expect(try outcome() == Self.good)
        #expect(chmod(keys, 0o770) == 0)
        #expect(
            try outcome()
                == .keysUnusable(
                    "\(keys) can be written to by its group (mode 0770)",
                    remedy: KeyFolder.keptFromOthers))
        #expect(chmod(keys, 0o1777) == 0)
        #expect(
            try outcome()
                == .keysUnusable(
                    "\(keys) can be written to by every user (mode 1777)",
                    remedy: KeyFolder.keptFromOthers))
        #expect(chmod(keys, 0o755) == 0 && chmod(keys + "/signer.pub", 0o666) == 0)
        #expect(
            try outcome()
                == .keysUnusable(
                    "\(keys)/signer.pub can be written to by every user (mode 0666)",
                    remedy: KeyFolder.keptFromOthers))
        #expect(chmod(keys + "/signer.pub", 0o644) == 0)
        #expect(try outcome() == Self.good)
        if geteuid() == 0 {
            #expect(chown(keys + "/signer.pub", 4711, 0) == 0)
            #expect(
                try outcome()
                    == .keysUnusable(
                        "\(keys)/signer.pub belongs to the user 4711",
                        remedy: KeyFolder.keptFromOthers))
            #expect(chown(keys + "/signer.pub", 0, 0) == 0 && chown(keys, 4711, 0) == 0)
            #expect(
                try outcome()
                    == .keysUnusable(
                        "\(keys) belongs to the user 4711",
                        remedy: KeyFolder.keptFromOthers))
        }
    }

    @Test func oneBadFileSpoilsTheFolder() throws {
        try sign(MinisignVectors.prehashed)
        try folder.write("not read\n", to: "keys/README")
        #expect(try outcome() == Self.good, "only *.pub are keys")
        let bad = try folder.write("no key\n", to: "keys/bad.pub")
        #expect(
            try outcome()
                == .keysUnusable(
                    "\(bad) is no public key of minisign's: it has 1 lines, expected 2",
                    remedy: "put the whole text of minisign's .pub file there, or take it away"))
        #expect(unlink(bad) == 0 && symlink("signer.pub", bad) == 0)
        #expect(
            try outcome()
                == .keysUnusable(
                    "\(bad) cannot be read: cannot open \(bad): Too many levels of symbolic links (errno 40)",
                    remedy: "put the key itself there, a file that the host's user can read, or take it away"))
        #expect(unlink(bad) == 0)
        // The same id over another key: nobody could tell which one signed.
        var key = Array(MinisignVectors.publicKey.utf8)
        let last = key.count - 3
        key[last] = key[last] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        let twin = try folder.write(key, to: "keys/twin.pub", mode: 0o644)
        #expect(
            try outcome()
                == .keysUnusable(
                    "\(twin) has the id FCC6C75A9D4715A4, as another key in the folder has",
                    remedy: "take away the one that is not the signer's"))
    }

    @Test func foldersThatAreNoneAreNotUsed() throws {
        try sign(MinisignVectors.prehashed)
        let absent = folder.file("absent")
        #expect(
            try outcome(keys: "absent")
                == .keysUnusable(
                    "\(absent) cannot be looked at: cannot stat \(absent): No such file or directory (errno 2)",
                    remedy: "make it, readable for the host's user, or name another"))
        let bytes = MinisignVectors.content
        let policy = SignaturePolicy(mode: .require)
        #expect(
            SignatureVerifier(policy).facts(of: file, bytes.span.bytes).files.map(\.outcome)
                == [.unknownKey("FCC6C75A9D4715A4", known: [])])
    }
}

/// Who has a hand in a path.
@Suite struct TrustedPlaceTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func fault(_ path: String) -> String? {
        do throws(TrustedPlace.Fault) {
            try TrustedPlace.check(path)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func wayThroughAStickyFolderIsTrusted() throws {
        let file = try folder.write([1], to: "lib.so")
        #expect(fault(file) == nil)
        #expect(fault("/usr/lib") == nil)
        #expect(mkdir(folder.file("open"), 0o700) == 0 && chmod(folder.file("open"), 0o1777) == 0)
        try folder.write([1], to: "open/lib.so")
        #expect(fault(folder.file("open/lib.so")) == nil, "nobody else can take away what is ours")
        #expect(
            fault(folder.file("open")) == "\(folder.file("open")) can be written to by every user (mode 1777)")
    }

    @Test func everyFolderOnTheWayCounts() throws {
        #expect(mkdir(folder.file("a"), 0o700) == 0 && mkdir(folder.file("a/b"), 0o700) == 0)
        let file = try folder.write([1], to: "a/b/lib.so")
        #expect(chmod(folder.file("a"), 0o777) == 0)
        let wanted = "\(folder.file("a")) can be written to by every user (mode 0777)"
        #expect(fault(file) == wanted)
        #expect(fault(folder.file("a/../a/./b//lib.so")) == wanted)
        #expect(symlink(file, folder.file("link.so")) == 0)
        #expect(fault(folder.file("link.so")) == wanted, "where the link leads")
        #expect(chmod(folder.file("a"), 0o700) == 0)
        #expect(try TrustedPlace.check(folder.file("link.so")) == file)
        #expect(chmod(file, 0o664) == 0)
        #expect(fault(folder.file("link.so")) == "\(file) can be written to by its group (mode 0664)")
    }

    /// A name may begin with a mark that makes one letter with the slash before it; the folder is no less open.
    @Test func aFolderBeforeACombiningMarkCounts() throws {
        let name = "\u{301}inner"
        #expect(mkdir(folder.file("open"), 0o700) == 0 && mkdir(folder.file("open") + "/" + name, 0o700) == 0)
        let file = folder.file("open") + "/" + name + "/lib.so"
        try FileDescriptor(opening: file, O_WRONLY | O_CREAT).write([1], to: file)
        #expect(fault(file) == nil)
        #expect(chmod(folder.file("open"), 0o777) == 0)
        let wanted = "\(folder.file("open")) can be written to by every user (mode 0777)"
        #expect(fault(file) == wanted)
        #expect(symlink("open/\(name)/lib.so", folder.file("link.so")) == 0)
        #expect(fault(folder.file("link.so")) == wanted)
    }

    /// A link in the middle may lead through a folder that neither its own path nor the end's shows.
    @Test func everyLinkOnTheWayCounts() throws {
        #expect(mkdir(folder.file("open"), 0o700) == 0 && chmod(folder.file("open"), 0o777) == 0)
        let file = try folder.write([1], to: "lib.so")
        #expect(symlink(file, folder.file("open/hop")) == 0)
        #expect(symlink("open/hop", folder.file("start")) == 0)
        #expect(
            fault(folder.file("start")) == "\(folder.file("open")) can be written to by every user (mode 0777)")
    }

    @Test func whatCannotBeFollowedIsNotTrusted() throws {
        #expect(symlink("circle", folder.file("circle")) == 0)
        #expect(fault(folder.file("circle")) == "\(folder.file("circle")) leads through more than 40 links")
        #expect(fault("relative") == "relative is not an absolute path")
        #expect(fault(folder.file("absent"))?.contains("No such file") == true)
    }
}
