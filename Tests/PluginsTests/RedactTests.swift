import Testing

/// What the three releases of redact mask, and what they leave alone.
struct RedactTests {
    private static func redact(_ version: String) -> Result<PluginUnderTest, any Error> {
        Result { try PluginUnderTest("redact", version, messages: ["redact", "redact_stamped"]) }
    }

    // Built and opened once: Swift images stay in the process anyway.
    private static let v1_0 = redact("1.0.0")
    private static let v1_1 = redact("1.1.0")
    private static let v2_0 = redact("2.0.0")

    @Test(arguments: [
        ("", ""),
        ("nothing to see", "nothing to see"),
        ("mail bob@example.com. Bye", "mail <email>. Bye"),
        ("<bob.smith+tag@mail.example.co.uk>,user=al_ice-1%x@x.org;", "<<email>>,user=<email>;"),
        ("a@b stays, x@y.z too", "a@b stays, x@y.z too"),
        ("a@b@c.com", "a@<email>"),
        ("..dots@x.org.", "..<email>."),
        ("bob@mail.example.com.5", "<email>.5"),
        ("bob@example.com-", "<email>-"),
        ("bob@10.0.0.1", "bob@10.0.0.1"),
        ("10.0.0.1@example.com", "<email>"),
        ("müller@exämple.de", "<email>"),
        ("git@github.com:a/b", "<email>:a/b"),
        ("@ @@ a@ @b.com .", "@ @@ a@ @b.com ."),
        ("from 10.0.0.1 and ::1", "from 10.0.0.1 and ::1"),
    ])
    func version1_0MasksEmailAddresses(line: String, masked: String) throws {
        #expect(try Self.v1_0.get().send(line, to: "redact") == masked)
        #expect(try Self.v1_0.get().send(line, to: "redact_stamped") == "[redact 1.0.0] " + masked)
    }

    @Test(arguments: [
        ("", ""),
        ("bob@example.com from 10.0.0.1", "<email> from <ipv4>"),
        ("bob@10.0.0.1 bob@[10.0.0.1]", "bob@<ipv4> bob@[<ipv4>]"),
        // IPv4, its neighbours, and what only looks like it.
        ("10.0.0.1:8080 10.0.0.0/24 (10.0.0.1), 10.0.0.1.", "<ipv4>:8080 <ipv4>/24 (<ipv4>), <ipv4>."),
        ("10.0.0.1-10.0.0.9 ...10.0.0.1...", "<ipv4>-<ipv4> ...<ipv4>..."),
        ("tcp:10.0.0.1:80 →10.0.0.1 010.001.001.001", "tcp:<ipv4>:80 →<ipv4> <ipv4>"),
        ("999.1.1.1 256.0.0.1 1.2.3 1.2.3.4.5", "999.1.1.1 256.0.0.1 1.2.3 1.2.3.4.5"),
        ("v1.2.3.4 1.2.3.4x 1.2.3.4.example.com", "v1.2.3.4 1.2.3.4x 1.2.3.4.example.com"),
        // IPv6 in all its forms.
        ("::1 :: 2001:db8::/32 2001:db8::1.", "<ipv6> <ipv6> <ipv6>/32 <ipv6>."),
        ("[::1]:443 fe80::1: up", "[<ipv6>]:443 <ipv6>: up"),
        ("fe80::1%eth0 fe80::1%eth0. [fe80::1%25eth0]:80 fe80::1%", "<ipv6> <ipv6>. [<ipv6>]:80 <ipv6>%"),
        ("::ffff:192.0.2.1 64:ff9b::192.0.2.33 1:2:3:4:5:6:192.0.2.1", "<ipv6> <ipv6> <ipv6>"),
        ("1:2:3:4:5:6:7:8 2001:0DB8:0:0:0:0:0:1", "<ipv6> <ipv6>"),
        ("client:2001:db8::1 peer:::1 10.0.0.1:fe80::1", "client:<ipv6> peer:<ipv6> <ipv4>:<ipv6>"),
        // Colons that mean something else.
        ("12:34:56 2024-05-01T12:34:56.789Z", "12:34:56 2024-05-01T12:34:56.789Z"),
        ("00:1a:2b:3c:4d:5e 00-1A-2B-3C-4D-5E", "00:1a:2b:3c:4d:5e 00-1A-2B-3C-4D-5E"),
        ("1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 1::2::3 12345::1", "1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 1::2::3 12345::1"),
        ("std::cafe Foo::add std::string : .", "std::cafe Foo::add std::string : ."),
    ])
    func version1_1MasksIPAddressesToo(line: String, masked: String) throws {
        #expect(try Self.v1_1.get().send(line, to: "redact") == masked)
        #expect(try Self.v1_1.get().send(line, to: "redact_stamped") == "[redact 1.1.0] " + masked)
    }

    @Test func version2_0RepliesWithTheLineAndItsCounts() throws {
        let line = "bob@example.com \"from\" 10.0.0.1\tand ::1, 10.0.0.2"
        let masked = #"<email> \u0022from\u0022 <ipv4>\u0009and <ipv6>, <ipv4>"#
        let counts = #"", "counts": {"email": 1, "ipv4": 2, "ipv6": 1}}"#
        #expect(try Self.v2_0.get().send(line, to: "redact") == #"{"line": ""# + masked + counts)
        #expect(
            try Self.v2_0.get().send(line, to: "redact_stamped") == #"{"line": "[redact 2.0.0] "# + masked + counts)
    }

    @Test func version2_0RepairsWhatIsNotUTF8() throws {
        let reply = try Self.v2_0.get().send([0x61, 0xff, 0x62], to: "redact")
        #expect(reply.text == #"{"line": "a\#u{fffd}b", "counts": {"email": 0, "ipv4": 0, "ipv6": 0}}"#)
    }

    @Test func version1CopiesBytesThatAreNoText() throws {
        let bytes: [UInt8] = [0, 0x1b, 0xff, 0x0a]
        #expect(try Self.v1_1.get().send(bytes, to: "redact").text == String(decoding: bytes, as: UTF8.self))
    }

    @Test(arguments: [v1_0, v1_1, v2_0])
    private func reportsThatAReplyIsTooLong(plugin: Result<PluginUnderTest, any Error>) throws {
        let line = Array("to bob@example.com now".utf8)
        #expect(try plugin.get().send(line, to: "redact", replyLimit: 8).code != 0)
    }

    /// Work that grew with the square of such a line would take hours.
    @Test(.timeLimit(.minutes(1)), arguments: ["a@", "1.1.1.1:", "a.", "1:", "::", ".", "a@b-"])
    func readsLongHostileLinesToTheirEnd(part: String) throws {
        let line = Array(String(repeating: part, count: 200_000).utf8)
        #expect(try Self.v1_1.get().send(line, to: "redact").code == 0)
        #expect(try Self.v2_0.get().send(line, to: "redact").code == 0)
    }
}
