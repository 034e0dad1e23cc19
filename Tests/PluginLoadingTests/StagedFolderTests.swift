import Compatibility
import ELFReader
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import PluginLoading

/// The folder of a private copy, beneath which lies what was looked for beneath the operator's.
@Suite struct StagedFolderTests {
    private let files = LibraryFiles(machine: ProcessLinker.shared.environment.platform == "aarch64" ? 183 : 62)

    /// A folder for `plugin.so`, which stands for the folder `operators` of the test's.
    private func withFolder(_ body: (StagedFolder, TemporaryFolder) throws -> Void) throws {
        let folder = try TemporaryFolder()
        for name in ["operators", "operators/lib", "elsewhere"] { #expect(mkdir(folder.file(name), 0o755) == 0) }
        let staging = try StagingFolder(under: folder.file("staging"))
        try body(try make(folder.file("operators"), in: staging), folder)
        #expect(try PrivateFolder.names(in: staging.path) == ["lock"])
    }

    private func make(_ operatorsFolder: String, in staging: StagingFolder) throws -> StagedFolder {
        let file = "\(staging.path)/image"
        #expect(creat(file, 0o400) >= 0)
        return try StagedFolder(around: file, named: "plugin.so", operatorsFolder: operatorsFolder, in: staging)
    }

    @discardableResult
    private func library(_ name: String, into folder: TemporaryFolder) throws -> String {
        try Fixture.build("int f(void) { return 1; }", named: name, into: folder)
    }

    /// Everything beneath but the image, folders with a slash behind them.
    private func tree(_ path: String, _ below: String = "") throws -> [String] {
        try PrivateFolder.names(in: path).filter { $0 != "plugin.so" }.flatMap { name -> [String] in
            var status = stat()
            #expect(lstat("\(path)/\(name)", &status) == 0)
            #expect(status.st_mode & 0o077 == 0)
            guard status.st_mode & S_IFMT == S_IFDIR else { return [below + name] }
            return [below + name + "/"] + (try tree("\(path)/\(name)", below + name + "/"))
        }
    }

    private func identity(_ path: String) throws -> FileIdentity {
        FileIdentity(try FileDescriptor(opening: path, O_RDONLY).status(of: path))
    }

    /// Two names of one file are one object for the dynamic linker, there as here.
    @Test func linksLeadToOneCopy() throws {
        try withFolder { staged, folder in
            try library("elsewhere/libx", into: folder)
            for name in ["libx.so.1", "lib/libx.so"] {
                #expect(symlink(folder.file("elsewhere/libx.so"), folder.file("operators/\(name)")) == 0)
            }
            let paths = ["\(staged.path)/libx.so.1", "\(staged.path)/lib/libx.so"]
            let answers = paths.map { staged.bring($0, files) }
            #expect(answers == [.library(try identity(paths[0])), .library(try identity(paths[1]))])
            #expect(answers[0] == answers[1])
            #expect(try tree(staged.path) == ["lib/", "lib/libx.so", "libx.so.1"])
            #expect(staged.helpers.map(\.source.path) == [folder.file("operators/libx.so.1")])
        }
    }

    /// What was looked for once is as it was found, whatever becomes of the operator's folder.
    @Test func answersDoNotChange() throws {
        try withFolder { staged, folder in
            let (early, late) = ("\(staged.path)/libearly.so", "\(staged.path)/liblate.so")
            let source = try library("operators/libearly", into: folder)
            let found = staged.bring(early, files)
            #expect(staged.bring(late, files) == .absent)
            #expect(rename(source, folder.file("operators/liblate.so")) == 0)
            #expect(staged.bring(early, files) == found && found != .absent)
            #expect(staged.bring(late, files) == .absent)
            #expect(try tree(staged.path) == ["libearly.so"])
            try staged.checkHelpers()
            // As nobody but this user could.
            #expect(unlink(early) == 0 && rename(folder.file("operators/liblate.so"), early) == 0)
            #expect(throws: SystemError.self) { try staged.checkHelpers() }
        }
    }

    /// The way that is written leads to the copy, too: the kernel wants each folder on it to be there.
    @Test(arguments: [
        ("lib/../libx.so", ["lib/", "libx.so"]), ("./lib//../lib/./libx.so", ["lib/", "lib/libx.so"]),
        ("lib/../../operators/libx.so", []), ("../operators/libx.so", []), ("", []), (".", []), ("lib/..", []),
    ])
    func waysThroughFolders(_ way: String, _ expected: [String]) throws {
        try withFolder { staged, folder in
            try library("operators/libx", into: folder)
            try library("operators/lib/libx", into: folder)
            let answer = staged.bring("\(staged.path)/\(way)", files)
            #expect(try tree(staged.path) == expected)
            if !expected.isEmpty {
                #expect(answer == .library(try identity("\(staged.path)/\(way)")))
            } else {
                #expect(answer == .absent)
            }
        }
    }

    @Test func thePluginsOwnNameIsNoHelpers() throws {
        try withFolder { staged, folder in
            try library("operators/plugin", into: folder)
            #expect(
                staged.bring("\(staged.path)/plugin.so", files)
                    == .uncopied(LibraryProblem(reason: "is the plugin itself")))
            #expect(try tree(staged.path) == [])
        }
    }

    /// Hundreds of links to one file cost nobody anything, hundreds of files are refused, and so is a deep place.
    @Test func thereIsAnEndToThem() throws {
        try withFolder { staged, folder in
            let bytes = try readFile(library("elsewhere/libx", into: folder))
            var uncopied = 0
            for number in 0..<300 {
                try folder.write(bytes, to: "operators/lib\(number).so")
                if case .uncopied = staged.bring("\(staged.path)/lib\(number).so", files) { uncopied += 1 }
            }
            #expect(uncopied == 300 - 256 && staged.helpers.count == 256)
        }
        try withFolder { staged, folder in
            let bytes = try readFile(library("elsewhere/libx", into: folder))
            let deep = (0..<16).reduce(into: "") { way, _ in
                way += "d/"
                mkdir(folder.file("operators/\(way)"), 0o755)
            }
            try folder.write(bytes, to: "operators/\(deep)libx.so")
            try folder.write(bytes, to: "operators/\(deep.dropFirst(2))libx.so")
            guard case .uncopied = staged.bring("\(staged.path)/\(deep)libx.so", files),
                case .library = staged.bring("\(staged.path)/\(deep.dropFirst(2))libx.so", files)
            else {
                Issue.record("too deep, or not deep enough")
                return
            }
        }
    }

    /// Of another image's folder, for a process that has not loaded what this one has: the same file.
    @Test func whatIsLoadedFromAnotherImagesFolderIsLinked() throws {
        let folder = try TemporaryFolder()
        let source = try library("libx", into: folder)
        let staging = try StagingFolder(under: folder.file("staging"))
        let (first, second, third) = (
            try make(folder.path, in: staging), try make(folder.path, in: staging), try make(folder.path, in: staging)
        )
        let loaded = "\(first.path)/libx.so"
        _ = first.bring(loaded, files)
        let bytes = try readFile(source)
        try folder.write(bytes + [0], to: "libx.so")
        second.bring("\(second.path)/libx.so", insteadOf: loaded, files)
        #expect(try identity("\(second.path)/libx.so") == identity(loaded))
        #expect(second.helpers.isEmpty)
        // What is loaded from anywhere else is not ours to link.
        third.bring("\(third.path)/libx.so", insteadOf: "/lib/libx.so", files)
        #expect(try readFile("\(third.path)/libx.so") == bytes + [0])
    }
}
