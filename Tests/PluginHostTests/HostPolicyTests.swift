import Compatibility
import Glibc
import PluginHost
import TestSupport
import Testing

/// A policy's way into a host's configuration, and its file rules over real files.
@Suite struct HostPolicyTests {
    @Test func whatItDoesNotNameStays() throws {
        let defaults = HostConfiguration()
        let configuration = try HostConfiguration(policy: HostPolicy(parsing: "limit.open = 7s\nbudget.bytes = 1GiB\n"))
        #expect(configuration.openLimit == .seconds(7) && configuration.startLimit == defaults.startLimit)
        #expect(configuration.budget.bytes == .init(warning: 512 << 20, limit: 1 << 30))
        #expect(configuration.budget.mappings == defaults.budget.mappings)
        #expect(configuration.policy.severities.isEmpty && configuration.signatures.mode == .off)
    }

    /// Each key of the table reaches the host: what is in force is what was written, whichever value it is.
    @Test func everyKeyReachesTheConfiguration() throws {
        let text = """
            severity = exports.undeclared refuse
            folder = /usr
            owner = root
            signatures = warn
            keys = /keys
            contracts = /contracts
            staging = /tmp/staging
            limit.open = 1s
            limit.start = 2s
            limit.stop = 3s
            limit.health = 4s
            limit.drain = 5s
            limit.hand-over = 6s
            limit.state = 7KiB
            limit.reply = 8KiB
            probation = 9s
            watch.interval = 10s
            errors.share = 11%
            errors.calls = 12
            budget.generations = 26
            budget.generations.warning = 13
            budget.bytes = 28KiB
            budget.bytes.warning = 14KiB
            budget.mappings = 30
            budget.mappings.warning = 15
            """
        let policy = try HostPolicy(parsing: text)
        let inForce = try HostConfiguration(policy: policy).inForce
        for key in PolicyKey.all where !key.texts(in: policy).isEmpty {
            #expect(key.texts(in: inForce) == key.texts(in: policy), "\(key.name)")
        }
    }

    @Test func anUnknownOwnerIsAnError() throws {
        let policy = try HostPolicy(parsing: "owner = nobody-of-that-name\nlimit.open = 7s")
        var configuration = HostConfiguration()
        let error = #expect(throws: PluginHostError.self) { try configuration.apply(policy) }
        #expect(
            error?.description
                == "the policy names the owner nobody-of-that-name, whom this system does not know: write a user's name or number"
        )
        #expect(configuration.openLimit == HostConfiguration().openLimit, "nothing of it was taken over")
    }

    /// The link lies in the allowed folder, the file does not; and the other way round.
    @Test func theFolderIsWhereTheFileReallyLies() async throws {
        let folder = try TemporaryFolder()
        for name in ["allowed", "elsewhere"] { mkdir(folder.file(name), 0o755) }
        let policy = try HostPolicy(parsing: "folder = \(folder.file("allowed"))")
        let inside = try Plugins.answers("1.0.0", answer: 1, into: folder)
        try #require(rename(inside, folder.file("allowed/inside.so")) == 0)
        let outside = try Plugins.answers("1.1.0", answer: 2, into: folder)
        try #require(rename(outside, folder.file("elsewhere/outside.so")) == 0)
        symlink("../elsewhere/outside.so", folder.file("allowed/link.so"))
        symlink("../allowed/inside.so", folder.file("elsewhere/link.so"))
        try await withHost { configuration in
            // Any throw fails the loads below.
            try? configuration.apply(policy)
        } _: { host, _ in
            let refused = try await hostError { _ = try await host.load(folder.file("allowed/link.so")) }
            guard case .refused(let report) = refused else {
                Issue.record("not refused: \(refused)")
                return
            }
            #expect(
                report.refusals.map(\.statement) == [
                    "\(folder.file("elsewhere/outside.so")) lies in \(folder.file("elsewhere")), allowed is "
                        + folder.file("allowed")
                ])
            #expect(try await host.load(folder.file("elsewhere/link.so")).plugin == "answers")
        }
    }

    @Test func aFolderThatOthersCanWriteToIsNoSafePlace() async throws {
        let folder = try TemporaryFolder()
        mkdir(folder.file("open"), 0o755)
        chmod(folder.file("open"), 0o777)
        let file = try Plugins.answers("1.0.0", answer: 1, into: folder)
        try #require(rename(file, folder.file("open/a.so")) == 0)
        let policy = try HostPolicy(parsing: "folder = \(folder.path)")
        let report = try PluginFile.judge(
            path: folder.file("open/a.so"), against: .current(), policy: HostConfiguration(policy: policy).policy)
        #expect(
            report.refusals.map(\.statement) == ["every user can put files into \(folder.file("open")) (mode 0777)"])
    }

    @Test func theOwnerIsTheFilesOwn() async throws {
        let folder = try TemporaryFolder()
        let file = try Plugins.answers("1.0.0", answer: 1, into: folder)
        for (uid, isAllowed) in [(geteuid(), true), (geteuid() + 1, false)] {
            let policy = try HostConfiguration(policy: HostPolicy(parsing: "owner = \(uid)")).policy
            let report = try PluginFile.judge(path: file, against: .current(), policy: policy)
            #expect(report.refusals.map(\.code) == (isAllowed ? [] : ["file.owner"]))
        }
    }
}
