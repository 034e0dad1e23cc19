/// Shared objects compiled at test time (about 45 ms each): real files of real compilers, never checked-in binaries.
package enum Fixture {
    /// What is compiled.
    package enum Source: Sendable, ExpressibleByStringInterpolation {
        /// The source text itself, C for `clang` and `gcc`, C++ for the other two. A string literal is one.
        case text(String)
        /// A file of `Tests/Fixtures`, by its name, `refuses_newer_abi.c` for one.
        case file(String)

        package init(stringLiteral text: String) { self = .text(text) }
    }

    /// A compiler driver on PATH; clang is the toolchain's.
    package enum Compiler: String, Sendable, CaseIterable {
        case clang = "clang"
        case gcc = "gcc"
        case clangPlusPlus = "clang++"
        case gPlusPlus = "g++"

        var sourceSuffix: String { self == .clang || self == .gcc ? "c" : "cpp" }
    }

    /// The folder of `switchboard.h`, for `-I`.
    package static let includeFolder = repository + "/Sources/CPluginABI/include"

    /// The folder of the fixtures' sources.
    package static let sourceFolder = repository + "/Tests/Fixtures"

    /// Compiles and links one shared object.
    ///
    /// The flags given come after `-O1 -fPIC -shared -fvisibility=hidden -I<include folder>`, so they can undo these.
    ///
    /// - Parameter name: of the file to make, without its suffix; two fixtures of one folder need two names.
    /// - Returns: the absolute path of `<name>.so` in `folder`, which must outlive its use.
    /// - Throws: `TestSupportError` with the compiler's own words.
    package static func build(
        _ source: Source, named name: String = "plugin", compiler: Compiler = .clang, flags: [String] = [],
        into folder: TemporaryFolder
    ) throws -> String {
        let sourcePath =
            switch source {
            case .text(let text): try folder.write(text, to: "\(name).\(compiler.sourceSuffix)")
            case .file(let file): "\(sourceFolder)/\(file)"
            }
        let result = folder.file("\(name).so")
        let command = try Command.run(
            [compiler.rawValue, "-O1", "-fPIC", "-shared", "-fvisibility=hidden", "-I\(includeFolder)"] + flags
                + [sourcePath, "-o", result])
        guard command.exitCode == 0 else {
            throw TestSupportError("\(compiler.rawValue) failed on \(sourcePath):\n\(command.stderr)")
        }
        return result
    }

    /// This file is `<repository>/Tests/TestSupport/Fixture.swift`.
    private static let repository = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")
}
