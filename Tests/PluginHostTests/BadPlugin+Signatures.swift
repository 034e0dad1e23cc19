import Compatibility
import TestSupport

extension BadPlugin {
    /// Sound plugins whose signature a host that requires one does not accept: what a verification found is put in place,
    /// so that no key and no library of this machine is in the texts.
    static let unsigned: [BadPlugin] = [
        signed("signature_missing", .missing),
        signed("signature_malformed", .malformed("it has 3 lines, expected 4")),
        signed(
            "signature_keys_in_others_hands",
            .keysUnusable(
                "/etc/switchboard/keys can be written to by every user",
                remedy:
                    "give the key folder and its files to the host's user or root, and let nobody else write to them")),
        signed("signature_by_an_unknown_key", .unknownKey("D01E90077BF36DEB", known: ["6B2E4C1D8F3A5097"])),
        signed("signature_without_any_key", .unknownKey("D01E90077BF36DEB", known: [])),
        signed(
            "signature_that_nothing_can_verify",
            .noLibrary(["libcrypto.so.3: not found", "libsodium.so.23: not found"])),
        signed("signature_of_other_bytes", .otherContent(key: "D01E90077BF36DEB")),
        signed("signature_with_a_forged_comment", .forgedComment(key: "D01E90077BF36DEB")),
        signed("signature_for_another_name", verified("name=other version=1.0.0")),
        signed("signature_for_another_version", verified("name=seed version=0.9.0")),
        signed("signature_without_name_and_version", verified("timestamp:1753000000")),
        BadPlugin(
            name: "library_in_others_hands", make: { try $0.write(try soundFile(), to: "sound.so") },
            looked: { candidate in
                candidate.signature = SignatureFacts(
                    mode: .require, library: "libcrypto.so.3",
                    files: [.init(path: candidate.path, outcome: verified("name=seed version=1.0.0"))],
                    libraries: [
                        .init(
                            name: "libaid.so", path: "/opt/lib/libaid.so",
                            fault: "/opt/lib can be written to by every user (mode 0777)")
                    ])
            }),
    ]

    private static func verified(_ comment: String) -> SignatureFacts.Outcome {
        .verified(key: "D01E90077BF36DEB", comment: comment)
    }

    private static func signed(_ name: String, _ outcome: SignatureFacts.Outcome) -> BadPlugin {
        BadPlugin(
            name: name, make: { try $0.write(try soundFile(), to: "sound.so") },
            looked: { candidate in
                candidate.signature = SignatureFacts(
                    mode: .require, library: "libcrypto.so.3", files: [.init(path: candidate.path, outcome: outcome)],
                    libraries: [])
            })
    }
}
