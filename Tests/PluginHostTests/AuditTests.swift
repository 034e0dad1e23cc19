import Compatibility
import Foundation
import Glibc
import TestSupport
import Testing

@testable import PluginHost

/// The log of admissions and refusals.
@Suite struct AuditTests {
    /// A line of the log, as anybody may read it.
    private struct Line: Decodable, Equatable {
        var time: String
        var action: String
        var verdict: String
        var codes: [String]
        var step: String?
        var plugin: String?
        var version: String?
        var image: String?
        var digest: String?
        var helpers: [Helper]
        var path: String
        var peer: UInt32?
    }

    private struct Helper: Decodable, Equatable {
        var path: String
        var digest: String
    }

    private func lines(_ path: String) throws -> [Line] {
        let text = String(decoding: try readFile(path), as: UTF8.self)
        #expect(text.isEmpty || text.hasSuffix("\n"))
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    private func withAuditedHost(
        _ configure: (inout HostConfiguration) -> Void = { _ in },
        _ body: (PluginHost, TemporaryFolder, String) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let log = folder.file("audit.jsonl")
        try await withHost(
            {
                $0.auditLog = log
                configure(&$0)
            }, { host, folder in try await body(host, folder, log) })
    }

    @Test func everyVerdictHasItsLine() async throws {
        try await withAuditedHost { host, folder, log in
            let first = try Plugins.answers("1.0.0", answer: 1, into: folder)
            let reply = try await host.load(first, requestedBy: 4711)
            _ = try await host.load(first)
            let second = try Plugins.answers("1.1.0", answer: 2, into: folder)
            _ = try await host.swap("answers", to: second, requestedBy: 0)
            _ = try await host.swap(
                "answers", to: Plugins.answers("1.2.0", answer: 3, into: folder), SwapOptions(isDryRun: true))
            let refused = try Plugins.build("refused_several.c", flags: ["-Wl,-z,execstack"], into: folder)
            _ = try await hostError { _ = try await host.load(refused) }
            let undefined = try Fixture.build(
                """
                #include <switchboard.h>
                #include <stdlib.h>
                SWB_MANIFEST("name = quits\\n" "version = 1.0.0\\n" "export = answer\\n");
                SWB_EXPORT int answer(void) { return 1; }
                """, named: "quits", into: folder)
            _ = try await hostError { _ = try await host.swap("other", to: undefined) }
            _ = try await hostError { _ = try await host.load(folder.file("absent.so")) }
            let found = try lines(log)
            #expect(
                found.map(\.verdict) == [
                    "admitted", "unchanged", "admitted", "admitted", "refused", "failed", "failed",
                ])
            #expect(found.map(\.action) == ["load", "load", "swap", "dry-run", "load", "swap", "load"])
            #expect(found.map(\.peer) == [4711, nil, 0, nil, nil, nil, nil])
            #expect(found.map(\.plugin).prefix(3) == ["answers", "answers", "answers"])
            #expect(found.map(\.version).prefix(3) == ["1.0.0", "1.0.0", "1.1.0"])
            #expect(found[0].image == reply.loaded.image.description && found[0].path == first)
            let digest = try Command.run(["sha256sum", first]).stdout.prefix(64)
            #expect(found[0].digest == "sha256:\(digest)")
            #expect(found[4].codes.count > 1 && found[4].codes.contains("elf.exec-stack"))
            #expect(found[5].codes == ["invalid-request"] && found[5].digest != nil)
            #expect(found[6].codes == ["load.unreadable"] && found[6].digest == nil && found[6].image == nil)
            for line in found {
                #expect(line.time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(line.time)")
            }
        }
    }

    /// What was admitted and came to no service has a second line, whichever step it failed in; a transaction's have one each.
    @Test func whatBecameOfAnAdmissionIsRemembered() async throws {
        try await withAuditedHost { host, folder, log in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let failing = try Plugins.failing(into: folder)
            _ = try await hostError { _ = try await host.load(failing) }
            _ = try await hostError { _ = try await host.swap("answers", to: failing) }
            let unhealthy = try Plugins.build("unhealthy.c", flags: ["-DILL_FROM_THE_START"], into: folder)
            let sick = try await hostError { _ = try await host.load(unhealthy) }
            let stateful = try Plugins.build("keeps_state.c", into: folder)
            _ = try await host.load(stateful)
            let picky = try Plugins.build("refuses_state.c", "1.1.0", into: folder)
            let name = host.list().map(\.plugin).first { $0 != "answers" } ?? ""
            _ = try await hostError {
                _ = try await host.swap(together: [
                    ("answers", try Plugins.answers("1.2.0", answer: 1, into: folder)), (name, picky),
                ])
            }
            let found = try lines(log)
            #expect(
                found.map { "\($0.action) \($0.verdict) \($0.codes.filter { !$0.contains(".") }) \($0.step ?? "-")" }
                    == [
                        "load admitted [] -", "load admitted [] -", "load failed [\"plugin-failed\"] start",
                        "swap admitted [] -",
                        "swap failed [\"plugin-failed\"] start", "load admitted [] -",
                        "load failed [\"\(sick.code)\"] health", "load admitted [] -", "swap admitted [] -",
                        "swap admitted [] -", "swap failed [\"plugin-failed\"] state hand-over",
                        "swap failed [\"plugin-failed\"] state hand-over",
                    ])
            #expect(found[1].image == found[2].image && found[1].digest == found[2].digest && found[2].path == failing)
        }
    }

    @Test func helpersAreRememberedByTheirDigests() async throws {
        try await withAuditedHost { host, folder, log in
            let help = try Helpers.library("libaudited", 1, into: folder)
            _ = try await host.load(Helpers.plugin("1.0.0", needing: [help], "$ORIGIN", into: folder))
            let digest = try Command.run(["sha256sum", help]).stdout.prefix(64)
            #expect(try lines(log).map(\.helpers) == [[Helper(path: help, digest: "sha256:\(digest)")]])
        }
    }

    /// What the gates let pass and the dynamic linker does not has two lines.
    @Test func imageThatTheLinkerRefusesIsAdmittedAndFailed() async throws {
        let host = AuditEntry(action: .load, path: "x", peer: nil)
        var entry = host
        entry.codes = ["load.dlopen"]
        entry.note(PluginHostError.pluginFailed(plugin: "x", step: "open", detail: "no"))
        #expect(entry.verdict == .failed && entry.codes == ["load.dlopen"])
    }

    /// `date -u -d @…` is the second opinion.
    @Test(arguments: [0, 951_782_399, 951_782_400, 951_868_800, 1_709_164_800, 4_107_542_399, 4_107_542_400])
    func timesAreUTC(_ seconds: Int) throws {
        let date = try Command.run(["date", "-u", "-d", "@\(seconds)", "+%Y-%m-%dT%H:%M:%S.007Z"]).stdout
        #expect(Clock.timestamp(seconds: seconds, milliseconds: 7) + "\n" == date)
    }

    @Test func signaturesAppearWithTheirCodes() async throws {
        try await withAuditedHost({ $0.signatures = .init(mode: .require) }) { host, folder, log in
            _ = try await hostError {
                _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            }
            #expect(try lines(log).map(\.codes) == [["signature.missing"]])
        }
    }

    @Test func nothingInANameEndsOrForgesALine() throws {
        var entry = AuditEntry(
            action: .load,
            path: "/a\"\\\n\u{1b}[31m\u{7f}\u{85}\u{2028}é\u{1F600}" + String(repeating: "x", count: 9000),
            peer: nil)
        entry.plugin = String(repeating: "\u{1F600}", count: 9000)
        entry.codes = (0..<1000).map { "code.\($0)" }
        let bytes = entry.line(at: "2026-01-02T03:04:05.006Z")
        #expect(bytes.count < 10_240)
        #expect(bytes.dropLast().allSatisfy { (0x20...0x7e).contains($0) } && bytes.last == 0x0a)
        let line = try JSONDecoder().decode(Line.self, from: Data(bytes))
        #expect(line.path.hasPrefix("/a\"\\\n\u{1b}[31m\u{7f}\u{85}\u{2028}é\u{1F600}xxx") && line.path.hasSuffix("x…"))
        #expect(line.codes.count == 64 && line.plugin?.hasSuffix("\u{1F600}…") == true)
    }

    @Test func logIsThisUsersAloneAndAppendedTo() async throws {
        let folder = try TemporaryFolder()
        let log = try folder.write("{\"earlier\":true}\n", to: "audit.jsonl", mode: 0o600)
        let old = umask(0)
        defer { umask(old) }
        for name in ["audit.jsonl", "new.jsonl"] {
            let host = try PluginHost(
                HostConfiguration(stagingDirectory: folder.file("staging"), auditLog: folder.file(name)))
            _ = try await hostError { _ = try await host.load(folder.file("absent.so")) }
            await host.shutdown()
        }
        let text = String(decoding: try readFile(log), as: UTF8.self)
        #expect(text.hasPrefix("{\"earlier\":true}\n{\"time\":"))
        var status = stat()
        #expect(stat(folder.file("new.jsonl"), &status) == 0 && status.st_mode & 0o7777 == 0o600)
    }

    @Test(arguments: ["folder", "link", "pipe", "mode", "owner", "absent/folder"])
    func hostDoesNotStartWithALogThatIsNone(_ what: String) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file(what)
        let way =
            ": name a file that is not there yet, in a folder of the host's user, or one of this user's with the mode 0600"
        let reason: String
        switch what {
        case "folder":
            #expect(mkdir(path, 0o700) == 0)
            reason = "cannot be opened: cannot open \(path): Is a directory (errno 21)\(way)"
        case "link":
            #expect(symlink(try folder.write("", to: "target", mode: 0o600), path) == 0)
            reason = "cannot be opened: cannot open \(path): Too many levels of symbolic links (errno 40)\(way)"
        case "pipe":
            #expect(mkfifo(path, 0o600) == 0)
            reason = "\(path) is not a regular file"
        case "mode":
            try folder.write("", to: what, mode: 0o644)
            reason = "\(path) has the mode 644, and others might read or write it: chmod 600"
        case "owner":
            guard geteuid() == 0 else { return }
            #expect(chown(try folder.write("", to: what, mode: 0o600), 4711, 0) == 0)
            reason = "\(path) belongs to the user 4711, not to 0"
        default: reason = "cannot be opened: cannot open \(path): No such file or directory (errno 2)\(way)"
        }
        let error = try await hostError { _ = try PluginHost(HostConfiguration(auditLog: path)) }
        #expect(error.code == "invalid-request")
        #expect(error.description == "the host cannot start: its audit log \(reason)")
        // Who looks beforehand is told the same, but of a folder that is not there.
        let obstacles = HostConfiguration(auditLog: path).obstacles
        #expect(obstacles == [error.description] || (what == "absent/folder" && obstacles.count == 1))
    }

    /// Constructors run in a rehearsal, too: the line is there before, and the one that follows names the image as well.
    @Test func whatIsRehearsedIsRememberedBeforehand() async throws {
        try await withAuditedHost({
            $0.rehearsal = RehearsalPolicy(mode: .require, limit: .seconds(60), program: BuiltProgram.path("plugctl"))
        }) { host, folder, log in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let bad = try Plugins.build("rehearsed_exit_in_constructor.c", into: folder)
            _ = try await hostError { _ = try await host.load(bad) }
            let found = try lines(log)
            #expect(found.map(\.verdict) == ["rehearsed", "admitted", "rehearsed", "refused"])
            #expect(found.map(\.plugin) == ["answers", "answers", "rehearsed", "rehearsed"])
            #expect(found[2].digest == found[3].digest && found[3].digest != nil && found[2].image == found[3].image)
            #expect(found[3].codes == ["rehearsal.no-report"])
            // Where no line can be written there is no rehearsal.
            #expect(unlink(log) == 0 && mkdir(log, 0o700) == 0)
            let mark = folder.file("mark")
            let eager = try Fixture.build(
                """
                #include <switchboard.h>
                #include <fcntl.h>
                SWB_MANIFEST("name = eager\\n" "version = 1.0.0\\n" "export = answer\\n");
                SWB_EXPORT int answer(void) { return 1; }
                __attribute__((constructor)) static void mark(void) { open("\(mark)", O_CREAT | O_WRONLY, 0600); }
                """, named: "eager", into: folder)
            #expect(try await hostError { _ = try await host.load(eager) }.code == "system")
            #expect(access(mark, F_OK) != 0)
        }
    }

    /// A line goes where the operator looks: to a new file, or, where none can be made, nowhere, and nothing is loaded.
    @Test func aLogThatIsMovedOrRemovedIsMadeAnew() async throws {
        try await withAuditedHost { host, folder, log in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            #expect(rename(log, log + ".1") == 0)
            _ = try await host.load(Plugins.answers("1.1.0", answer: 2, into: folder))
            #expect(try lines(log + ".1").map(\.version) == ["1.0.0"] && lines(log).map(\.version) == ["1.1.0"])
            var status = stat()
            #expect(stat(log, &status) == 0 && status.st_mode & 0o7777 == 0o600)
            #expect(unlink(log) == 0 && symlink(folder.file("elsewhere"), log) == 0)
            let next = try Plugins.answers("1.2.0", answer: 3, into: folder)
            let error = try await hostError { _ = try await host.load(next) }
            #expect(
                error.description.hasPrefix(
                    "\(next) is not loaded, because the audit log cannot be opened: cannot open \(log): Too many levels"
                ))
            #expect(unlink(log) == 0)
            _ = try await host.load(next)
            #expect(try lines(log).map(\.version) == ["1.2.0"])
        }
    }

    @Test func lookingBeforehandMakesNothing() throws {
        let folder = try TemporaryFolder()
        #expect(HostConfiguration(auditLog: folder.file("new.jsonl")).obstacles.isEmpty)
        #expect(access(folder.file("new.jsonl"), F_OK) != 0)
        let log = try folder.write("{}\n", to: "audit.jsonl", mode: 0o600)
        #expect(HostConfiguration(auditLog: log).obstacles.isEmpty)
        #expect(String(decoding: try readFile(log), as: UTF8.self) == "{}\n")
    }

    /// /dev/full is no regular file; a limit on files' sizes (RLIMIT_FSIZE) is what stops this one.
    @Test func whatCannotBeRememberedIsNotLoaded() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let log = try folder.write([UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20), to: "log", mode: 0o600)
            let mark = folder.file("mark")
            let path = try Fixture.build(
                """
                #include <switchboard.h>
                #include <fcntl.h>
                SWB_MANIFEST("name = answers\\n" "version = 1.0.0\\n" "export = answer\\n");
                SWB_EXPORT int answer(void) { return 1; }
                __attribute__((constructor)) static void mark(void) { open("\(mark)", O_CREAT | O_WRONLY, 0600); }
                """, into: folder)
            var configuration = HostConfiguration(stagingDirectory: folder.file("staging"), auditLog: log)
            configuration.log = { _ in }
            configuration.onEvent = { _ in }
            let host = try PluginHost(configuration)
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 1 << 20, rlim_max: rlim_t.max)
            #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            let error = try await hostError { _ = try await host.load(path) }
            #expect(error.code == "system")
            #expect(
                error.description == "\(path) is not loaded, because the audit log cannot be written: cannot append to "
                    + "\(log): File too large (errno 27): make room for it, or name another file")
            #expect(access(mark, F_OK) != 0, "no constructor ran")
            #expect(host.list(includingRetired: true).isEmpty)
            // Room for half a line: what is torn does not spoil the next one, nor that of a host which is started later.
            limit.rlim_cur = (1 << 20) + 100
            #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            _ = try await hostError { _ = try await host.load(path) }
            let next = try PluginHost(configuration)
            limit.rlim_cur = rlim_t.max
            #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            _ = try await next.load(path)
            _ = try await host.load(path)
            let text = String(decoding: try readFile(log).dropFirst(1 << 20), as: UTF8.self)
            for line in text.split(separator: "\n").suffix(2) {
                #expect(try JSONDecoder().decode(Line.self, from: Data(line.utf8)).verdict == "admitted")
            }
            await next.shutdown()
            await host.shutdown()
        }
    }
}
