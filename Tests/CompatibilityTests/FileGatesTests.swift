import Compatibility
import Testing

/// `file.folder` and `file.owner`: what a policy allows, compared with what the file system said.
struct FileGatesTests {
    static let rules = FileRules(
        folders: ["/usr/lib/plugins", "/tmp/build/out"],
        owners: [.init(name: "root", uid: 0), .init(name: "builder", uid: 1001), .init(name: "1002", uid: 1002)],
        hostUser: 500)

    /// A plugin at `path` whose folders all are root's, mode 0755, but for `special`.
    static func candidate(
        at path: String?, owner: UInt32? = 0, _ special: [String: (owner: UInt32, permissions: UInt32)] = [:]
    ) -> Candidate {
        Sample.candidate { candidate, _ in
            candidate.owner = owner
            candidate.resolvedPath = path
            let slashes = (path ?? "").indices.filter { path?[$0] == "/" }
            candidate.folders = slashes.map { slash in
                let folder = path.map { slash == $0.startIndex ? "/" : String($0[..<slash]) } ?? ""
                let facts = special[folder] ?? (0, 0o755)
                return FileFacts.Folder(path: folder, owner: facts.owner, permissions: facts.permissions)
            }
        }
    }

    static func lines(_ code: String, _ candidate: Candidate, _ rules: FileRules = rules) -> [String] {
        Sample.findings(code, candidate, policy: GatePolicy(files: rules)).map { "\($0.verdict) \($0.sentence)" }
    }

    /// A helper is a file of the plugin's, which only is mentioned where there is something to say.
    @Test func helpersAreJudgedToo() {
        func lines(_ code: String, _ helper: FileFacts) -> [String] {
            var candidate = Self.candidate(at: "/usr/lib/plugins/a.so")
            candidate.helpers = [helper]
            return Self.lines(code, candidate)
        }
        let folder = FileFacts.Folder(path: "/usr/lib/plugins", owner: 0, permissions: 0o755)
        let good = FileFacts(
            path: "/p/libx.so", permissions: 0o644, owner: 0, resolvedPath: "/usr/lib/plugins/libx.so",
            folders: [folder])
        for code in ["file.folder", "file.owner", "file.writable"] {
            #expect(lines(code, good) == ["passed \(code): passed"])
        }
        var bad = good
        (bad.permissions, bad.owner, bad.resolvedPath) = (0o666, 7, "/home/libx.so")
        bad.folders[0].path = "/home"
        #expect(
            lines("file.folder", bad).last
                == "refused file.folder: /home/libx.so lies in /home, \(Self.allowed): move it into an allowed folder, or add "
                + "folder = /home to the policy")
        #expect(
            lines("file.owner", bad).last
                == "refused file.owner: /p/libx.so belongs to user 7, allowed are root (0), builder (1001), 1002: chown the file to an "
                + "allowed owner, or add owner = 7 to the policy")
        #expect(
            lines("file.writable", bad).last
                == "refused file.writable: every user can change /p/libx.so (mode 0666): chmod o-w /p/libx.so, and find out "
                + "who wrote to it")
    }

    static let allowed = "allowed are /usr/lib/plugins, /tmp/build/out"

    static let folders: [(path: String?, special: [String: (owner: UInt32, permissions: UInt32)], lines: [String])] = [
        ("/usr/lib/plugins/a.so", [:], ["passed file.folder: passed"]),
        ("/usr/lib/plugins/deep/er/a.so", [:], ["passed file.folder: passed"]),
        // A sticky folder above the allowed one is nobody's way in; below it is.
        ("/tmp/build/out/a.so", ["/tmp": (0, 0o1777)], ["passed file.folder: passed"]),
        (
            "/tmp/build/out/a.so", ["/tmp/build": (500, 0o755), "/tmp/build/out": (1001, 0o700)],
            ["passed file.folder: passed"]
        ),
        (
            "/usr/lib/plugins-old/a.so", [:],
            [
                "refused file.folder: /usr/lib/plugins-old/a.so lies in /usr/lib/plugins-old, \(allowed): move it into an "
                    + "allowed folder, or add folder = /usr/lib/plugins-old to the policy"
            ]
        ),
        (
            "/usr/lib/a.so", [:],
            [
                "refused file.folder: /usr/lib/a.so lies in /usr/lib, \(allowed): move it into an allowed folder, or add "
                    + "folder = /usr/lib to the policy"
            ]
        ),
        (
            nil, [:],
            [
                "refused file.folder: nobody can tell where /plugins/adder.so lies: it was moved or removed while it was "
                    + "read: try again"
            ]
        ),
        (
            "/usr/lib/plugins/a.so", ["/usr/lib/plugins": (0, 0o1777)],
            [
                "refused file.folder: every user can put files into /usr/lib/plugins (mode 1777): chmod o-w the folder, "
                    + "and find out who wrote to it"
            ]
        ),
        (
            "/usr/lib/plugins/a.so", ["/usr/lib": (0, 0o777)],
            [
                "refused file.folder: every user can put files into /usr/lib (mode 0777): chmod o-w the folder, and find "
                    + "out who wrote to it"
            ]
        ),
        (
            "/usr/lib/plugins/a.so", ["/usr": (77, 0o755)],
            [
                "refused file.folder: the folder /usr belongs to user 77, who can put files into it: chown the folder to "
                    + "root, or add owner = 77 to the policy"
            ]
        ),
        (
            "/usr/lib/plugins/a.so", ["/usr/lib/plugins": (0, 0o775)],
            [
                "warning file.folder: the group of /usr/lib/plugins can put files into it (mode 0775): chmod g-w the folder"
            ]
        ),
    ]

    @Test(arguments: folders.indices)
    func judgesTheFolder(_ index: Int) {
        let (path, special, lines) = Self.folders[index]
        #expect(Self.lines("file.folder", Self.candidate(at: path, special)) == lines)
    }

    static let owners = "root (0), builder (1001), 1002"

    @Test(arguments: [
        (0 as UInt32?, "passed file.owner: passed"), (1001, "passed file.owner: passed"),
        (1002, "passed file.owner: passed"),
        (
            500,
            "refused file.owner: /plugins/adder.so belongs to user 500, allowed are \(owners): chown the file to an allowed "
                + "owner, or add owner = 500 to the policy"
        ),
        (nil, "refused file.owner: nobody looked whose /plugins/adder.so is: try again"),
    ])
    func judgesTheOwner(_ owner: UInt32?, _ line: String) {
        #expect(Self.lines("file.owner", Self.candidate(at: "/a.so", owner: owner)) == [line])
    }

    @Test func withoutRulesEveryPlaceWillDo() {
        let candidate = Self.candidate(at: nil, owner: nil)
        #expect(Self.lines("file.folder", candidate, FileRules()) == ["passed file.folder: passed"])
        #expect(Self.lines("file.owner", candidate, FileRules()) == ["passed file.owner: passed"])
    }

    @Test func theRootFolderAllowsEveryFolder() {
        #expect(
            Self.lines("file.folder", Self.candidate(at: "/a/b.so"), FileRules(folders: ["/"])) == [
                "passed file.folder: passed"
            ])
    }

    /// A sidecar decides as much as the image, so whoever can change it must be trusted as much.
    @Test func theSidecarIsHeldToTheSameRules() {
        var candidate = Self.candidate(at: "/usr/lib/plugins/a.so")
        candidate.manifestSource = .sidecar(
            FileFacts(
                path: "/srv/a.so.manifest", permissions: 0o666, owner: 77, resolvedPath: "/srv/a.so.manifest",
                folders: [
                    .init(path: "/", owner: 0, permissions: 0o755), .init(path: "/srv", owner: 0, permissions: 0o755),
                ]))
        #expect(
            Self.lines("file.owner", candidate) == [
                "passed file.owner: passed",
                "refused file.owner: /srv/a.so.manifest belongs to user 77, allowed are \(Self.owners): chown the file to "
                    + "an allowed owner, or add owner = 77 to the policy",
            ])
        #expect(
            Self.lines("file.folder", candidate) == [
                "passed file.folder: passed",
                "refused file.folder: /srv/a.so.manifest lies in /srv, \(Self.allowed): move it into an allowed folder, or "
                    + "add folder = /srv to the policy",
            ])
        #expect(
            Self.lines("file.writable", candidate) == [
                "passed file.writable: passed",
                "refused file.writable: every user can change the sidecar (mode 0666): chmod o-w the sidecar, and find out "
                    + "who wrote to it",
            ])
    }

    /// An operator who rolls rules out wants to see first whom they would hit.
    @Test func rulesCanBeMadeWarnings() {
        let policy = GatePolicy(severities: ["file.owner": .warn, "file.folder": .ignore], files: Self.rules)
        let candidate = Self.candidate(at: "/a.so", owner: 7)
        #expect(Sample.findings("file.owner", candidate, policy: policy).map(\.verdict) == [.warning])
        #expect(Sample.findings("file.folder", candidate, policy: policy).map(\.verdict) == [.skipped])
    }
}
