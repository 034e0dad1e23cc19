import TestSupport

/// One compiled version of a plugin of the soak (`Tests/Fixtures/remembers.c`).
struct Build: Sendable, Hashable, CustomStringConvertible {
    /// What it does beside answering.
    enum Kind: String, Sendable {
        case sound, failsToStart, refusesState, runsThread, leavesThread
    }

    let plugin: String
    let version: Rules.Version
    /// What `answer` answers: no two builds share it.
    let number: Int
    var kind = Kind.sound

    var description: String { "\(plugin) \(version) build \(number)" + (kind == .sound ? "" : " (\(kind))") }

    static func == (left: Self, right: Self) -> Bool { left.number == right.number }
    func hash(into hasher: inout Hasher) { hasher.combine(number) }

    /// All builds that the soak works with; two of them share a version.
    static let all: [Build] = [
        Build(plugin: "alpha", version: .init(1, 0, 0), number: 1),
        Build(plugin: "alpha", version: .init(1, 1, 0), number: 2),
        Build(plugin: "alpha", version: .init(1, 1, 0), number: 3),
        Build(plugin: "alpha", version: .init(1, 2, 0), number: 4),
        Build(plugin: "alpha", version: .init(2, 0, 0), number: 5),
        Build(plugin: "alpha", version: .init(2, 1, 0), number: 6),
        Build(plugin: "alpha", version: .init(1, 3, 0), number: 7, kind: .failsToStart),
        Build(plugin: "alpha", version: .init(1, 4, 0), number: 8, kind: .refusesState),
        Build(plugin: "beta", version: .init(1, 0, 0), number: 11),
        Build(plugin: "beta", version: .init(1, 1, 0), number: 12),
        Build(plugin: "threaded", version: .init(1, 0, 0), number: 21, kind: .runsThread),
        Build(plugin: "threaded", version: .init(1, 1, 0), number: 22, kind: .runsThread),
        Build(plugin: "vouched", version: .init(1, 0, 0), number: 31, kind: .leavesThread),
        Build(plugin: "vouched", version: .init(1, 1, 0), number: 32, kind: .leavesThread),
        Build(plugin: "left", version: .init(1, 0, 0), number: 41),
        Build(plugin: "left", version: .init(1, 1, 0), number: 42),
        Build(plugin: "left", version: .init(1, 2, 0), number: 43),
        Build(plugin: "right", version: .init(1, 0, 0), number: 51),
        Build(plugin: "right", version: .init(1, 1, 0), number: 52),
        Build(plugin: "right", version: .init(1, 2, 0), number: 53, kind: .failsToStart),
    ]

    static func of(_ plugin: String) -> [Build] { all.filter { $0.plugin == plugin } }

    /// Where `compile` puts it.
    func path(in folder: TemporaryFolder) -> String { folder.file("build-\(number).so") }

    /// - Parameter barrier: where `linger` waits, and threads that it leaves behind.
    func compile(into folder: TemporaryFolder, barrier: Barrier, flags: [String] = []) throws {
        let variant: [String] =
            switch kind {
            case .sound: []
            case .failsToStart: ["-DFAILS_TO_START"]
            case .refusesState: ["-DREFUSES_STATE"]
            case .runsThread: ["-DRUNS_THREAD"]
            case .leavesThread: ["-DLEAVES_THREAD"]
            }
        _ = try Fixture.build(
            .file("remembers.c"), named: "build-\(number)",
            flags: [
                "-DNAME=\"\(plugin)\"", "-DVERSION=\"\(version)\"", "-DBUILD=\(number)",
                "-DBARRIER=\"\(barrier.path)\"",
            ] + variant + flags, into: folder)
    }
}
