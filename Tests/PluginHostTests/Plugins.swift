import TestSupport

/// The fixtures as files of a folder, several builds of one source among them.
enum Plugins {
    /// `answers` at a version, whose `answer()` gives `answer`.
    static func answers(
        _ version: String, answer: Int, named name: String? = nil, flags: [String] = [], into folder: TemporaryFolder
    ) throws -> String {
        try Fixture.build(
            .file("answers.c"), named: name ?? "answers-\(version)-\(answer)",
            flags: define(version: version) + ["-DANSWER=\(answer)"] + flags, into: folder)
    }

    /// `counts` at a version.
    static func counts(_ version: String, into folder: TemporaryFolder) throws -> String {
        try build("counts.c", version, into: folder)
    }

    /// `answers` 1.1.0 whose `swb_start` says no.
    static func failing(into folder: TemporaryFolder) throws -> String {
        try build("fails_to_start.c", "1.1.0", flags: ["-DSTOPPED=\"\(folder.file("stopped"))\""], into: folder)
    }

    /// `Plugins/Counter` at a version.
    static func counter(_ version: String, into folder: TemporaryFolder) throws -> String {
        try Fixture.build(
            .file("../../Plugins/Counter/counter.c"), named: "counter-\(version)",
            flags: define(version: version), into: folder)
    }

    /// Any fixture; `barrier` is where it waits, if it does.
    static func build(
        _ file: String, _ version: String = "1.0.0", named name: String? = nil, barrier: Barrier? = nil,
        flags: [String] = [], into folder: TemporaryFolder
    ) throws -> String {
        let stem = file.split(separator: ".").first ?? ""
        return try Fixture.build(
            .file(file), named: name ?? "\(stem)-\(version)",
            compiler: file.hasSuffix(".cpp") ? .clangPlusPlus : .clang,
            flags: define(version: version) + (barrier.map { ["-DBARRIER=\"\($0.path)\""] } ?? []) + flags, into: folder
        )
    }

    private static func define(version: String) -> [String] { ["-DVERSION=\"\(version)\""] }
}
