import Glibc
import TestSupport
import Testing

@testable import ContractCompiler

struct ClangTests {
    @Test func prefersWhatTheVariableNames() throws {
        let folder = try TemporaryFolder()
        let named = try folder.write("#!/bin/sh\n", to: "my-clang", mode: 0o755)
        #expect(try Clang(environment: ["SWITCHBOARD_CLANG": named, "PATH": "/usr/bin"]).path == named)
        let error = #expect(throws: HeaderError.self) {
            try Clang(environment: ["SWITCHBOARD_CLANG": folder.path, "PATH": "/usr/bin"])
        }
        #expect(
            error?.lines == [
                "no clang at \(folder.path), which SWITCHBOARD_CLANG names: install the Swift toolchain or the package "
                    + "clang, or name one in SWITCHBOARD_CLANG"
            ])
    }

    @Test func prefersTheToolchainsToAnother() throws {
        let folder = try TemporaryFolder()
        for name in ["toolchain", "links", "other"] { mkdir(folder.file(name), 0o700) }
        let swiftc = try folder.write("", to: "toolchain/swiftc", mode: 0o755)
        let clang = try folder.write("", to: "toolchain/clang", mode: 0o755)
        let other = try folder.write("", to: "other/clang", mode: 0o755)
        #expect(symlink(swiftc, folder.file("links/swiftc")) == 0)
        let path = "\(folder.file("other")):\(folder.file("links"))"
        #expect(try Clang(environment: ["PATH": path]).path == clang)
        #expect(try Clang(environment: ["PATH": folder.file("other")]).path == other)
        let error = #expect(throws: HeaderError.self) { try Clang(environment: ["PATH": folder.file("links") + "x"]) }
        #expect(error?.code == "contract.no-compiler" && error?.isRefusal == false)
    }
}
