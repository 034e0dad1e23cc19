import Glibc
import LinuxSystem

/// The clang that reads headers.
package struct Clang: Sendable {
    /// Its path.
    package let path: String
    /// What it is started with, `NAME=value`.
    private let environment: [String]

    /// For one run.
    package static let timeLimit = 30
    /// For one run, in bytes.
    package static let outputLimit = 256 << 20

    /// Finds it: what SWITCHBOARD_CLANG names, else the toolchain's, beside the `swiftc` or `swift` of PATH (links
    /// followed), else `clang` of PATH.
    ///
    /// - Parameter environment: the process's variables.
    package init(environment: [String: String]) throws(HeaderError) {
        self.environment = environment.map { "\($0)=\($1)" }.sorted()
        if let named = environment["SWITCHBOARD_CLANG"], !named.isEmpty {
            guard Self.isProgram(named) else { throw .noCompiler(looked: "at \(named), which SWITCHBOARD_CLANG names") }
            path = named
            return
        }
        let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        func find(_ name: String) -> String? { folders.lazy.map { "\($0)/\(name)" }.first(where: Self.isProgram) }
        for swift in ["swiftc", "swift"] {
            guard let resolved = find(swift).flatMap(ResolvedPath.of), let slash = resolved.lastIndex(of: "/") else {
                continue
            }
            let beside = resolved[..<slash] + "/clang"
            if Self.isProgram(String(beside)) {
                path = String(beside)
                return
            }
        }
        guard let found = find("clang") else {
            throw .noCompiler(looked: "beside swiftc, nor in PATH (\(folders.joined(separator: ":")))")
        }
        path = found
    }

    private static func isProgram(_ path: String) -> Bool {
        var status = Glibc.stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return unsafe access(path, X_OK) == 0
    }

    /// Runs it to its end; whether it found an error shows in `end`.
    func run(_ arguments: [String], input: [UInt8] = []) throws(HeaderError) -> CapturedProgram {
        do throws(CapturedProgram.Failure) {
            return try CapturedProgram(
                running: path, [path] + arguments, environment: environment, input: input,
                within: .seconds(Self.timeLimit), outputLimit: Self.outputLimit)
        } catch {
            switch error {
            case .system(let error): throw .system(error)
            case .timedOut: throw .timedOut(seconds: Self.timeLimit)
            case .tooMuchOutput: throw .tooMuchOutput(bytes: Self.outputLimit)
            }
        }
    }
}
