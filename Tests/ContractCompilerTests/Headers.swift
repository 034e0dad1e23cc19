import Contract
import Glibc
import TestSupport
import Testing

@testable import ContractCompiler

/// A header in a folder of its own, and what clang makes of it.
func contract(
    of text: String, named name: String = "greeter.h", beside others: [String: String] = [:],
    _ change: (inout HeaderRequest) -> Void = { _ in }
) throws -> Contract {
    let folder = try TemporaryFolder()
    func write(_ text: String, to name: String) throws -> String {
        let folders = name.split(separator: "/").dropLast()
        for count in folders.indices { mkdir(folder.file(folders[...count].joined(separator: "/")), 0o700) }
        return try folder.write(text, to: name)
    }
    for (name, text) in others { _ = try write(text, to: name) }
    var request = HeaderRequest(try write(text, to: name))
    change(&request)
    defer { withExtendedLifetime(folder) {} }
    return try testCompiler.get().contract(of: request)
}

/// The one compiler of these tests.
let testCompiler = Result { HeaderCompiler(try Clang(environment: testEnvironment())) }

/// What finds the toolchain's clang.
func testEnvironment() -> [String: String] {
    ["PATH": getenv("PATH").map { String(cString: $0) } ?? "/usr/bin"]
}

/// What stands in the way of each export, the places without the folder.
func obstacles(_ body: () throws -> Contract) -> [String] {
    let error = #expect(throws: HeaderError.self) { try body() }
    guard let error, case .inexpressible(let obstacles) = error else { return [] }
    return obstacles.map { obstacle in
        let place = obstacle.place.split(separator: "/").last ?? ""
        return "\(place): \(obstacle.export): \(obstacle.reason)"
    }
}
