import Glibc
import TestSupport
import Testing

/// Machine × toolchain × runtime × Embedded Swift × C and C++ × stripped: each cell with its verdict and unload class,
/// compared with `Tests/Fixtures/matrix.txt`.
///
/// `SWITCHBOARD_REWRITE=1 swift test --filter MatrixTests` writes the file anew; read its difference cell by cell.
@Suite struct MatrixTests {
    private static let path = "\(Fixture.sourceFolder)/matrix.txt"
    private static let heading = """
        Each form of one plugin with the verdict of a host built by this toolchain on x86-64, and its unload class: see
        Tests/PluginHostTests/MatrixTests.swift, which also says how to write this file anew.

        language and runtime | stripped | toolchain | machine | verdict | unload class

        """

    #if arch(x86_64)
        @Test func everyCellIsJudgedAsWritten() throws {
            let cells = try Matrix.cells()
            let lines = cells.map(\.line)
            if getenv("SWITCHBOARD_REWRITE") != nil { try rewrite(lines) }
            let written = String(decoding: try readFile(Self.path), as: UTF8.self)
            let expected = written.split(separator: "\n").filter { $0.contains(" | ") }.dropFirst().map(String.init)
            for (line, wanted) in zip(lines, expected) { #expect(line == wanted) }
            #expect(
                cells.filter { $0.form.contains("unload = clean") }.allSatisfy { $0.unloading == "resident" },
                "no vouch is believed of a file that holds a Swift runtime")
            #expect(lines.count == expected.count)
            #expect(
                cells.filter { $0.form.contains("unload = clean") }.allSatisfy { $0.unloading == "resident" },
                "no vouch is believed of a file that holds a Swift runtime")
            #expect(lines.count == 7 * 4 * 3 * 2 + 4 + 2 * 3)
        }
    #endif

    private func rewrite(_ lines: [String]) throws {
        guard let file = fopen(Self.path, "w") else { throw TestSupportError("fopen \(Self.path): errno \(errno)") }
        defer { fclose(file) }
        fputs(Self.heading + lines.map { $0 + "\n" }.joined(), file)
    }
}
