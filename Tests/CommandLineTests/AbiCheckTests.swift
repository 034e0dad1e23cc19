import Foundation
import TestSupport
import Testing

/// scripts/abi-check, as somebody's CI runs it.
@Suite struct AbiCheckTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["api", "inc", "tmp"] { _ = try shell("mkdir \(name)") }
    }

    private static let script =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        + "/scripts/abi-check"

    /// Runs commands in the folder; both outputs in one.
    private func shell(_ commands: String, environment: [String: String] = [:]) throws -> Command {
        var variables = ["PLUGCTL": Plugctl.path, "TMPDIR": folder.file("tmp"), "GIT_CONFIG_GLOBAL": "/dev/null"]
        for role in ["AUTHOR", "COMMITTER"] {
            variables["GIT_\(role)_NAME"] = "author"
            variables["GIT_\(role)_EMAIL"] = "author@localhost"
        }
        let check = "check() { '\(Self.script)' \"$@\"; }\n"
        return try Command.run(
            ["env", "-C", folder.path, "bash", "-euo", "pipefail", "-c", "exec 2>&1\n" + check + commands],
            environment: variables.merging(environment) { $1 })
    }

    /// Two revisions of a header that stayed as it was, and of what it includes, which did not.
    private func commitTwoRevisions() throws {
        try folder.write("#include \"scalar.h\"\nint greet(scalar);\n", to: "api/greeter.h")
        try folder.write("typedef int scalar;\n", to: "inc/scalar.h")
        let done = try shell(
            """
            git init -q; printf 'tmp\\n' >.gitignore; git add -A; git commit -qm 1
            echo 'typedef long scalar;' >inc/scalar.h; git commit -qam 2
            echo 'typedef void scalar;' >inc/scalar.h
            """)
        #expect(done.exitCode == 0, "\(done.stdout)")
    }

    @Test func aRevisionIncludesFromItsOwnTree() throws {
        try commitTwoRevisions()
        let words = "HEAD:api/greeter.h --include inc --declared 1.0.0..1.1.0"
        let changed = try shell("check HEAD~1:api/greeter.h \(words)")
        #expect(changed.exitCode == 3)
        #expect(
            changed.stdout.hasSuffix(
                "  declared 1.0.0..1.1.0 is a minor step; greet, parameter 1 changed: needs 2.0.0\n"),
            "\(changed.stdout)")
        let revisions = "check HEAD~1:api/greeter.h HEAD:api/greeter.h"
        for folder in [#""$PWD/inc""#, "./inc", "api/../inc"] {
            #expect(try shell("\(revisions) --include \(folder)").exitCode == 3, "\(folder) is the revision's, too")
        }
        let same = try shell("check HEAD:api/greeter.h \(words)")
        #expect(same.exitCode == 0)
        #expect(
            same.stdout == """
                greeter.h 1.0.0 to 1.1.0: compatible
                  declared 1.0.0..1.1.0 is a minor step, and nothing differs

                """)
        // As in git show, "./" is the caller's folder; and the annotation is for the file as he calls it.
        let below = try shell(
            "cd api; check HEAD~1:./greeter.h HEAD:./greeter.h --include ../inc --format github")
        #expect(below.exitCode == 3)
        #expect(
            below.stdout.hasPrefix("::error file=greeter.h,line=2,title=export.parameter::"), "\(below.stdout)")
        #expect(try shell("ls tmp").stdout == "", "nothing is left behind")
    }

    /// What a repository keeps out of its releases is part of a revision all the same, and the caller's index stays his.
    @Test func aRevisionIsReadWhole() throws {
        try folder.write("inc export-ignore\n*.h export-subst\n", to: ".gitattributes")
        try commitTwoRevisions()
        let status = "git status --porcelain; git ls-files -s"
        let before = try shell(status).stdout
        let result = try shell("check HEAD~1:api/greeter.h HEAD:api/greeter.h --include inc --declared 1.0.0..1.1.0")
        #expect(result.exitCode == 3 && result.stdout.contains("needs 2.0.0"), "\(result.stdout)")
        #expect(try shell(status).stdout == before)
        #expect(try shell("ls tmp; git worktree list | wc -l").stdout == "1\n", "nothing is left behind")
    }

    @Test(arguments: [
        ("check a.h", 2, "abi-check: two operands are needed, OLD and NEW; scripts/abi-check --help says more"),
        ("check a b c", 2, "abi-check: two operands are needed, OLD and NEW; scripts/abi-check --help says more"),
        ("check a.h a.h --decl 1", 2, "abi-check: there is no option --decl; scripts/abi-check --help says more"),
        ("check a.h a.h --declared", 2, "abi-check: --declared needs a value; scripts/abi-check --help says more"),
        (
            "check a.h a.h --declared 1.1.0..1.0.0", 2,
            #"error[usage]: --declared: "1.1.0..1.0.0" is no step of versions: write the older version first; see plugctl compare --help"#
        ),
        ("check a.h none.h", 4, "abi-check: no such file: none.h"),
        ("check none:a.h a.h", 4, "abi-check: no such file or revision: none:a.h"),
        ("check HEAD:none.h a.h", 4, "abi-check: no none.h in revision HEAD"),
        ("check a.h bad.h", 3, "  bad.h:1:11: error: unknown type name 'unknown'"),
        ("PLUGCTL=/nonexistent check a.h a.h", 1, "plugctl: PLUGCTL names /nonexistent, which is no program"),
    ])
    func whatCannotBeCompared(command: String, code: Int32, words: String) throws {
        try folder.write("int greet(int);\n", to: "a.h")
        try folder.write("int greet(unknown *);\n", to: "bad.h")
        let set = try shell("git init -q; git add a.h; git commit -qm 1")
        #expect(set.exitCode == 0, "\(set.stdout)")
        let result = try shell(command)
        #expect(result.exitCode == code, "\(result.stdout)")
        #expect(result.stdout.contains(words), "\(result.stdout)")
        #expect(try shell("ls tmp").stdout == "", "nothing is left behind")
    }

    /// An error is an annotation, too, on one line: the log of a step is not where people look first.
    @Test func errorsAreAnnotated() throws {
        try folder.write("int greet(unknown);\n", to: "bad.h")
        let result = try shell("check bad.h bad.h --format=github")
        let line = result.stdout.split(separator: "\n").last ?? ""
        #expect(line.hasPrefix("::error title=abi-check::bad.h: error[contract.compile]: "), "\(result.stdout)")
        #expect(line.contains("%0A") && result.exitCode == 3)
        let missing = try shell("check a.h b.h --format github")
        #expect(missing.stdout == "abi-check: no such file: a.h\n::error title=abi-check::no such file: a.h\n")
        let usage = try shell("check bad.h bad.h --format github --declared 1.0.0")
        #expect(usage.stdout.contains("::error title=abi-check::") && usage.exitCode == 3, "\(usage.stdout)")
    }

    /// Whatever goes wrong, standard output is one JSON value.
    @Test(arguments: [
        ("check bad.h bad.h", 3), ("check none.h bad.h", 4), ("check good.h", 2),
        ("check good.h good.h --declared 1.0.0", 2), ("check good.h plugin.so", 2), ("check 'a\"\\b' good.h", 4),
    ])
    func errorsAreJSON(command: String, code: Int) throws {
        try folder.write("int greet(unknown);\n", to: "bad.h")
        try folder.write("int greet(int);\n", to: "good.h")
        _ = try greeter("1.0.0", named: "plugin", into: folder)
        let result = try shell("\(command) --format=json 2>/dev/null")
        #expect(result.exitCode == Int32(code), "\(result.stdout)")
        let value = try JSONDecoder().decode([String: [String: AnyJSON]].self, from: Data(result.stdout.utf8))
        #expect(value["error"]?["exit"] == .number(Double(code)), "\(result.stdout)")
    }

    @Test func theHelpHasTheExitCodes() throws {
        let help = try shell("check --help")
        #expect(help.exitCode == 0)
        for line in [
            "    0  compatible", "    1  a failure of ours", "    2  usage", "    3  refused", "    4  no such file",
        ] {
            #expect(help.stdout.contains("\n" + line), "\(line)")
        }
    }

    @Test func theSelfCheckPasses() throws {
        let result = try shell("check --self-check")
        #expect(result.stdout == "abi-check: the committed breaking change is refused in every way\n")
        #expect(result.exitCode == 0)
        #expect(try shell("ls tmp").stdout == "", "nothing is left behind")
        // As scripts/test calls it: by a path from where it stands.
        let relative = try shell("ln -s '\(Plugctl.path)' program; PLUGCTL=./program check --self-check")
        #expect(relative.exitCode == 0, "\(relative.stdout)")
    }

    /// A plugctl that approves of all, one that refuses all, and one that compares nothing but names.
    @Test(arguments: [
        ("compare) exit 0", "must exit with 3 and say \"needs 2.0.0\", and exited with 0"),
        ("compare) echo 'needs 2.0.0'; exit 3", "must exit with 0 and say \"nothing differs\", and exited with 3"),
        (
            "compare) case \"$2\" in *.so) rm -f \"$2.contract\" \"$3.contract\" ;; esac",
            "and say \"member.added\", and exited with 3"
        ),
    ])
    func theSelfCheckCanFail(stub: String, words: String) throws {
        let program = try folder.write(
            "#!/bin/sh\ncase \"$1\" in\n\(stub) ;;\nesac\nexec '\(Plugctl.path)' \"$@\"\n", to: "plugctl", mode: 0o755)
        let result = try shell("check --self-check", environment: ["PLUGCTL": program])
        #expect(result.exitCode == 1)
        #expect(result.stdout.contains("abi-check: the self-check failed: "), "\(result.stdout)")
        #expect(result.stdout.contains(words), "\(result.stdout)")
    }
}
