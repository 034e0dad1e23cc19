import Glibc
import TestSupport
import Testing

/// `contract diff` over headers and snapshots.
@Suite struct ContractDiffCommandTests {
    private let folder: TemporaryFolder
    private let old: String
    private let new: String

    init() throws {
        folder = try TemporaryFolder()
        let functions = "int move(const struct point *point, int steps);\n"
        old = try folder.write("struct point { int x; int y; };\n" + functions, to: "old.h")
        new = try folder.write(
            "struct point { int x; int y; int z; };\n" + functions + "int stop(void);\n", to: "new.h")
    }

    private static let cause = "struct point, member z was added (move), struct point changed (move)"

    private static let text = """
        3 changes, major: struct point, member z was added (move), struct point changed (move)

        member.added: struct point, member z (major)
            reached by move
            + int z at 8
            old callers break: NEW's plugin uses z, which a caller of OLD does not make
            old plugins survive: a plugin of OLD is never asked for z

        record.size: struct point (major)
            reached by move
            - size 8
            + size 12
            old callers break: NEW's plugin uses the bytes beyond 8, which a caller of OLD does not make
            old plugins survive: a plugin of OLD is never asked for the bytes beyond 8, unless several lie side by side

        export.added: stop (minor)
            + int stop(void)
            old callers survive: they do not know of it
            old plugins survive: a host that needs it asks for a range that begins with NEW

        """

    /// A snapshot of a header.
    private func snapshot(_ header: String, _ options: String...) throws -> String {
        let file = header + ".contract"
        let result = try Plugctl.run(["contract", "snapshot", header, "--output", file] + options)
        try #require(result.exitCode == 0, "\(result.stderr)")
        return file
    }

    @Test func headersAndSnapshotsAreOneToIt() throws {
        let snapshots = (old: try snapshot(old), new: try snapshot(new))
        for (before, after) in [(old, new), (snapshots.old, new), (old, snapshots.new), snapshots] {
            let result = try Plugctl.run("contract", "diff", before, after)
            #expect(result.stdout == Self.text)
            #expect(result.exitCode == 0 && result.stderr.isEmpty)
        }
        let nothing = try Plugctl.run("contract", "diff", old, snapshots.old)
        #expect(nothing.stdout == "no change: patch\n" && nothing.exitCode == 0)
    }

    @Test(
        arguments: [
            ("1.2.0..1.3.0", "declared 1.2.0..1.3.0 is a minor step; " + Self.cause + ": needs 2.0.0", 3),
            ("1.2.0..2.0.0", "declared 1.2.0..2.0.0 is a major step: enough", 0),
            ("0.3.1..0.3.2", "declared 0.3.1..0.3.2 is a minor step; " + Self.cause + ": needs 0.4.0", 3),
        ] as [(String, String, Int32)])
    func declaredStepsThatAreTooSmallAreRefused(step: String, verdict: String, exit: Int32) throws {
        let result = try Plugctl.run("contract", "diff", old, new, "--declared", step)
        #expect(result.stdout == Self.text + "\n\(verdict)\n")
        #expect(result.exitCode == exit && result.stderr.isEmpty)
    }

    @Test func programsReadTheSame() throws {
        let result = try Plugctl.run("contract", "diff", old, new, "--json", "--declared", "1.2.0..1.2.1")
        #expect(
            result.stdout
                == #"{"bump":"major","changes":["#
                + #"{"bump":"major","callbacks":[],"callers":{"reason":"NEW's plugin uses z, which a caller of OLD does "#
                + #"not make","verdict":"break"},"exports":["move"],"kind":"member.added","new":"int z at 8","old":null,"#
                + #""plugins":{"reason":"a plugin of OLD is never asked for z","verdict":"survive"},"#
                + #""subject":"struct point, member z"},"#
                + #"{"bump":"major","callbacks":[],"callers":{"reason":"NEW's plugin uses the bytes beyond 8, which a "#
                + #"caller of OLD does not make","verdict":"break"},"exports":["move"],"kind":"record.size","#
                + #""new":"size 12","old":"size 8","plugins":{"reason":"a plugin of OLD is never asked for the bytes "#
                + #"beyond 8, unless several lie side by side","verdict":"survive"},"subject":"struct point"},"#
                + #"{"bump":"minor","callbacks":[],"callers":{"reason":"they do not know of it","verdict":"survive"},"#
                + #""exports":["stop"],"kind":"export.added","new":"int stop(void)","old":null,"plugins":{"reason":"a "#
                + #"host that needs it asks for a range that begins with NEW","verdict":"survive"},"subject":"stop"}],"#
                + #""declared":"1.2.0..1.2.1","headline":"\#(Self.cause)","refusal":"declared 1.2.0..1.2.1 is a "#
                + #"patch step; \#(Self.cause): needs 2.0.0"}"# + "\n")
        #expect(result.exitCode == 3 && result.stderr.isEmpty)
    }

    /// What a snapshot leaves out is left out of the header beside it, too: it could not be read otherwise.
    @Test func headersAreReadWithTheExportsOfTheSnapshot() throws {
        let header = try folder.write(
            "#include <stdarg.h>\nint add(int, int);\nint print(const char *, va_list);\n", to: "print.h")
        let snapshot = try snapshot(header, "--except", "print")
        #expect(try Plugctl.run("contract", "diff", snapshot, header).stdout == "no change: patch\n")
        #expect(try Plugctl.run("contract", "diff", header, snapshot).stdout == "no change: patch\n")
        #expect(try Plugctl.run("contract", "diff", header, header).exitCode == 3)
    }

    /// A constant that numbers the release changes with each, and says nothing about callers.
    @Test func constantsThatNumberTheReleaseAreLeftOut() throws {
        let one = try folder.write("#define ADD_VERSION 0x120\nint add(int, int);\n", to: "one.h")
        let two = try folder.write("#define ADD_VERSION 0x130\nint add(int, int);\n", to: "two.h")
        let counted = try Plugctl.run("contract", "diff", one, two)
        #expect(counted.stdout.hasPrefix("1 change, major: constant ADD_VERSION changed\n"))
        #expect(try Plugctl.run("contract", "diff", one, two, "--except", "ADD_VERSION").stdout == "no change: patch\n")
        let snapshot = try snapshot(one, "--except", "ADD_VERSION")
        #expect(try Plugctl.run("contract", "diff", snapshot, two).stdout == "no change: patch\n")
    }

    @Test func whatCannotBeComparedSaysWhy() throws {
        let edited = try folder.write(
            String(decoding: readFile(snapshot(old)), as: UTF8.self).split(separator: "int y").joined(
                separator: "long y"),
            to: "edited.contract")
        let missing = folder.file("missing.h")
        let pipe = folder.file("pipe.contract")
        #expect(mkfifo(pipe, 0o600) == 0)
        for (arguments, words, exit) in [
            ([old, missing], "error[not-found]: no such file: \(missing)\n", 4),
            ([old, pipe], "error[usage]: \(pipe) is not a regular file: write what it holds to one\n", 2),
            (
                [edited, new],
                "error[contract.snapshot]: \(edited): line 5: \"export move 670407cc385d723f\" has digest a60f55dfb1bcd290 by "
                    + "what stands here: the text was edited: write the snapshot anew with plugctl contract snapshot HEADER\n",
                3
            ),
            (
                [old, new, "--declared", "1.3.0..1.2.0"],
                "error[usage]: --declared: \"1.3.0..1.2.0\" is no step of versions: write the older version first; see "
                    + "plugctl contract --help\n", 2
            ),
        ] as [([String], String, Int32)] {
            let result = try Plugctl.run(["contract", "diff"] + arguments)
            #expect(result.stderr == words)
            #expect(result.exitCode == exit && result.stdout.isEmpty)
        }
    }
}
