import Glibc
import TestSupport
import Testing

/// `policy check`, and `--policy` for the commands that take one.
@Suite struct PolicyCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func policy(_ text: String) throws -> String { try folder.write(text, to: "policy") }

    @Test func checkShowsEveryValueAndMarksTheDefaults() throws {
        let file = try policy(
            "severity = exports.undeclared refuse\nfolder = \(folder.path)\nfolder = /\nlimit.open = 7000ms\nbudget.bytes = 1GiB\n"
        )
        let checked = try Plugctl.run("policy", "check", file)
        let lines = checked.stdout.split(separator: "\n").map { line in
            line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }
        #expect(
            lines.prefix(5) == [
                "\(file): 4 keys are decided, 24 left as the host has them", "KEY VALUE FROM",
                "severity exports.undeclared refuse policy", "folder \(folder.path) policy", "/",
            ])
        for line in [
            "owner - default", "signatures off default", "limit.open 7s policy, instead of 30s",
            "limit.start 5s default",
            "probation 0s default", "errors.share 5% default", "budget.bytes 1GiB policy, instead of 8GiB",
            "budget.bytes.warning 512MiB default",
        ] { #expect(lines.contains(line), "\(line)") }
        #expect(checked.exitCode == 0 && checked.stderr.isEmpty)
        let json = try Plugctl.run("policy", "check", file, "--json")
        #expect(
            json.stdout.contains(#"{"instead":["30s"],"isDefault":false,"key":"limit.open","values":["7s"]}"#)
                && json.stdout.contains(#"{"isDefault":true,"key":"limit.start","values":["5s"]}"#))
        #expect(json.exitCode == 0)
    }

    @Test func aMalformedPolicyIsTwoWithTheLine() throws {
        let file = try policy("# ours\nlimit.opne = 7s\n")
        let message =
            "error[policy]: \(file), line 2: limit.opne is no key of a policy: write limit.open if that was meant\n"
        for arguments in [
            ["policy", "check", file], ["check", "--policy", file, "x"], ["scan", "--policy", file, "/"],
        ] {
            let result = try Plugctl.run(arguments)
            #expect(result.stderr == message && result.stdout.isEmpty && result.exitCode == 2)
        }
        let large = try folder.write(String(repeating: "#", count: 65_537), to: "large")
        #expect(
            try Plugctl.run("policy", "check", large).stderr
                == "error[request.too-long]: \(large) has more than 65536 bytes\n")
    }

    @Test func whatItNamesMustBeThere() throws {
        let file = try policy(
            "folder = \(folder.path)/absent\nsignatures = warn\nkeys = \(folder.path)/policy\naudit = /nonexistent/log\n"
                + "contracts = \(folder.path)/none\n"
        )
        let checked = try Plugctl.run("policy", "check", file)
        #expect(
            checked.stderr == """
                error[not-found]: folder \(folder.path)/absent is not there: make it, or correct the line folder
                error[not-found]: keys \(folder.path)/policy is no folder: correct the line keys
                error[not-found]: contracts \(folder.path)/none is not there: make it, or correct the line contracts
                error[not-found]: the folder of audit /nonexistent is not there: make it, or correct the line audit

                """)
        #expect(checked.exitCode == 4 && checked.stdout.contains("\n  audit "))
        #expect(try Plugctl.run("policy", "check", "/nonexistent").exitCode == 4)
        let served = try Plugctl.run("serve", "--policy", file)
        #expect(
            served.stderr
                == "error[not-found]: \(file): folder \(folder.path)/absent is not there: make it, or correct the line folder\n"
        )
        #expect(served.exitCode == 4 && served.stdout.isEmpty)
    }

    /// What is there and a host's start would not take: `policy check` says so in the words of the start, and as `serve`.
    @Test func whatItNamesMustBeFit() throws {
        mkdir(folder.file("keys"), 0o755)
        mkdir(folder.file("log"), 0o700)
        let text = "signatures = require\nkeys = \(folder.file("keys"))\n"
        let audit = "audit = \(folder.file("log"))\n"
        let keys = "the host cannot start: its key folder cannot be trusted: \(folder.file("keys"))"
        let folderAsLog =
            "the host cannot start: its audit log cannot be opened: cannot open \(folder.file("log")): Is a directory (errno 21): "
            + "name a file that is not there yet, in a folder of the host's user, or one of this user's with the mode 0600"
        chmod(folder.file("keys"), 0o777)
        let open = try policy(text + audit)
        let hands =
            "\(keys) can be written to by every user (mode 0777): give the key folder and its files to the host's user or root, "
            + "and let nobody else write to them"
        let checked = try Plugctl.run("policy", "check", open)
        #expect(checked.stderr == "error[policy]: \(hands)\nerror[policy]: \(folderAsLog)\n" && checked.exitCode == 2)
        let served = try Plugctl.run("serve", "--policy", open, "--socket", folder.file("socket"))
        #expect(served.stderr == "error[policy]: \(open): \(hands)\n" && served.exitCode == 2)
        chmod(folder.file("keys"), 0o755)
        try folder.write("no key\n", to: "keys/junk.pub", mode: 0o644)
        let junk = try Plugctl.run("policy", "check", try policy(text))
        #expect(
            junk.stderr == """
                error[policy]: \(keys)/junk.pub is no public key of minisign's: it has 1 lines, expected 2: put the whole text \
                of minisign's .pub file there, or take it away

                """)
        #expect(junk.exitCode == 2)
        unlink(folder.file("keys/junk.pub"))
        let none = try Plugctl.run("policy", "check", try policy(text))
        #expect(
            none.stderr == """
                error[policy]: the key folder \(folder.file("keys")) holds no key, a file *.pub, so no signature can be valid: \
                put the signers' public keys there

                """)
        #expect(none.exitCode == 2)
        try folder.write(MinisignVectors.publicKey, to: "keys/ours.pub", mode: 0o644)
        rmdir(folder.file("log"))
        let fit = try Plugctl.run("policy", "check", try policy(text + audit))
        #expect(fit.exitCode == 0 && fit.stderr.isEmpty && access(folder.file("log"), F_OK) != 0)
    }

    /// A policy that allows folders in which everybody's plugins could lie, or nowhere to put copies.
    @Test func foldersMustBeFit() throws {
        for name in ["open", "sticky", "shared", "private"] { mkdir(folder.file(name), 0o755) }
        chmod(folder.file("open"), 0o777)
        chmod(folder.file("sticky"), 0o1777)
        let above = "\(folder.file("open"))/below"
        mkdir(above, 0o755)
        func openTo(_ path: String, _ mode: String, _ named: String) -> String {
            "every user can put files into \(path) (mode \(mode)), so nothing is loaded from \(named): chmod o-w the folder, and "
                + "find out who wrote to it"
        }
        func noStaging(_ reason: String) -> String {
            "the host cannot start: no folder for private copies; set stagingDirectory to one on an executable file system: "
                + reason
        }
        for (line, sentence) in [
            ("folder = \(folder.file("open"))", openTo(folder.file("open"), "0777", folder.file("open"))),
            ("folder = \(folder.file("sticky"))", openTo(folder.file("sticky"), "1777", folder.file("sticky"))),
            ("folder = \(above)", openTo(folder.file("open"), "0777", above)),
            (
                "staging = \(folder.file("shared"))",
                noStaging(
                    "cannot trust folder (it must be yours, mode 0700) \(folder.file("shared")): Operation not permitted "
                        + "(errno 1)")
            ),
            (
                "staging = /nonexistent/staging",
                noStaging("cannot make folder /nonexistent/staging: No such file or directory (errno 2)")
            ),
        ] {
            let file = try policy(line + "\n")
            let checked = try Plugctl.run("policy", "check", file)
            #expect(checked.stderr == "error[policy]: \(sentence)\n" && checked.exitCode == 2)
            let served = try Plugctl.run("serve", "--policy", file, "--socket", folder.file("socket"))
            #expect(served.stderr == "error[policy]: \(file): \(sentence)\n" && served.exitCode == 2)
        }
        chmod(folder.file("private"), 0o700)
        for line in [
            "staging = \(folder.file("private"))", "staging = \(folder.file("new"))", "folder = \(folder.path)",
        ] {
            let fit = try Plugctl.run("policy", "check", try policy(line + "\n"))
            #expect(fit.stderr.isEmpty && fit.exitCode == 0)
        }
        #expect(access(folder.file("new"), F_OK) != 0, "a check makes nothing")
    }

    /// A snapshot that was edited: file and line, in the words of the start.
    @Test func contractsMustBeSnapshots() throws {
        mkdir(folder.file("contracts"), 0o755)
        try folder.write("switchboard-contract 1\nheader a.h\ntarget\n", to: "contracts/a.contract")
        let file = try policy("contracts = \(folder.file("contracts"))\n")
        let checked = try Plugctl.run("policy", "check", file)
        #expect(
            checked.stderr.hasPrefix(
                "error[policy]: the host cannot start: \(folder.file("contracts"))/a.contract, line 3: "))
        #expect(checked.exitCode == 2)
        let served = try Plugctl.run("serve", "--policy", file, "--socket", folder.file("socket"))
        #expect(served.stderr.contains("a.contract, line 3: ") && served.exitCode == 2)
        unlink(folder.file("contracts/a.contract"))
        try folder.write("not looked at\n", to: "contracts/README")
        #expect(try Plugctl.run("policy", "check", file).exitCode == 0)
    }

    /// What the host would rehearse, `check` rehearses; for another machine it says that it did not.
    @Test func checkRehearsesWhatThePolicyWantsRehearsed() throws {
        let bad = try Fixture.build(.file("rehearsed_crash_in_constructor.c"), into: folder)
        let file = try policy("rehearsal = require\nrehearsal.limit = 60s\n")
        let here = try Plugctl.run("check", "--policy", file, bad)
        #expect(
            here.exitCode == 3 && here.stdout.contains("  rehearsal.crashed: plugin's rehearsal was killed by SIGSEGV"))
        let good = try Plugctl.run("check", "--policy", file, try greeter("1.0.0", into: folder))
        #expect(good.exitCode == 0 && good.stdout.contains(/\n  rehearsal\.passed +passed .* limit 60\.0 seconds/))
        let facts = try folder.write(try Plugctl.run("facts").stdout, to: "facts.json")
        let there = try Plugctl.run("check", "--policy", file, "--host-facts", facts, bad)
        #expect(
            there.exitCode == 0 && !there.stdout.contains("rehearsal.")
                && there.stderr
                    == "warning: the policy requires a rehearsal, which says nothing of another host: check there, without --host-facts\n"
        )
        let unasked = try Plugctl.run("check", "--policy", try policy("rehearsal = off\n"), bad)
        #expect(unasked.exitCode == 0 && !unasked.stdout.contains("rehearsal."))
    }

    /// Whoever wants to be kept from loading anything must not be served without.
    @Test func aHostDoesNotStartWithABrokenPolicy() throws {
        for (text, message) in [
            (
                "folder = here",
                ", line 1: folder cannot be \"here\": write an absolute path without . and .., as /usr/lib/plugins"
            ),
            (
                "owner = nobody-of-that-name",
                ": the policy names the owner nobody-of-that-name, whom this system does not know: write a user's name or number"
            ),
        ] {
            let file = try policy(text)
            let served = try Plugctl.run("serve", "--policy", file, "--socket", folder.file("socket"))
            #expect(served.stderr == "error[policy]: \(file)\(message)\n" && served.exitCode == 2)
            #expect(access(folder.file("socket"), F_OK) != 0)
        }
    }

    @Test func aHostDecidesAsThePolicyDoes() throws {
        mkdir(folder.file("allowed"), 0o755)
        let outside = try greeter("1.0.0", into: folder)
        let inside = try greeter("1.1.0", into: folder)
        let moved = folder.file("allowed/greeter.so")
        try #require(rename(inside, moved) == 0)
        let host = try RunningHost("--policy", try policy("folder = \(folder.file("allowed"))\n"))
        #expect(try host.plugctl("load", moved).exitCode == 0)
        let refused = try host.plugctl("load", outside)
        #expect(refused.exitCode == 3 && refused.stderr == "error[refused]: \(outside) is refused: file.folder\n")
        #expect(host.end() == 0)
        let checked = try Plugctl.run("check", "--policy", folder.file("policy"), outside, moved)
        #expect(checked.exitCode == 3 && checked.stdout.contains("\(moved): greeter 1.1.0: admissible\n"))
        let scanned = try Plugctl.run("scan", "--policy", folder.file("policy"), folder.path)
        #expect(scanned.exitCode == 0 && scanned.stdout.contains("file.folder"))
    }

    /// The operator of a refused load wants what is wrong; whoever asks `check` wants all of it.
    @Test func aRefusedLoadCountsWhatWasPassed() throws {
        let file = try greeter("1.0.0", into: folder)
        chmod(file, 0o777)
        let host = try RunningHost()
        let refused = try host.plugctl("load", file)
        let lines = refused.stdout.split(separator: "\n").map(String.init)
        #expect(lines.count == 6, "\(refused.stdout)")
        #expect(lines[3].hasPrefix("  file.writable  refused  0777 "))
        #expect(lines[4] == "  file.writable: every user can change the file (mode 0777)")
        #expect(
            lines[5].contains(" passed")
                && lines[5].hasSuffix(
                    ": plugctl check \(file) shows them all, with the host's --policy as the host sees them")
        )
        #expect(host.end() == 0)
        let checked = try Plugctl.run("check", file)
        #expect(checked.stdout.split(separator: "\n").count > 20 && checked.stdout.contains("  passed "))
    }

    @Test func theHelpNamesEveryKeyWithAnExample() throws {
        let help = try Plugctl.run("policy", "--help")
        for line in [
            "  severity = CODE refuse|warn|ignore   how the findings of one gate count; one line per code; as exports.undeclared refuse\n",
            "  signatures = off|warn|require        what happens to plugins without a valid signature; as require\n",
            "  limit.open = TIME                    how long copying, judging and opening may take; as 30s\n",
            "  budget.mappings.warning = NUMBER     above it a warning is said; half of the budget; as 20000\n",
        ] { #expect(help.stdout.contains(line), "\(line)") }
    }
}
