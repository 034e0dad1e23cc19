import Compatibility
package import LinuxSystem

/// Why a header yields no contract.
package enum HeaderError: Error, Sendable {
    /// Nothing lies at the path, or no file.
    case noFile(path: String)
    /// Its name, or that of a folder above it, cannot stand in an `#include`.
    case unusableName(path: String)
    /// No clang was found; `looked` says where.
    case noCompiler(looked: String)
    case system(SystemError)
    /// The compiler did not answer in time.
    case timedOut(seconds: Int)
    /// The compiler wrote more than a contract's header gives cause to.
    case tooMuchOutput(bytes: Int)
    /// The compiler refuses it, in its own words: "greeter.h:3:5: error: …".
    case doesNotCompile(lines: [String])
    /// The header has attributes that another compiler may lay it out by, and clang does not: "greeter.h:3:24: unknown …".
    case unheededAttributes(lines: [String])
    /// The target's `long` or pointers do not have 64 bits.
    case notLP64(target: String)
    /// A name of --only or --except that the header does not export.
    case noSuchExport(name: String, known: [String])
    /// The header has no export, or none is left.
    case nothingExported(header: String)
    /// Exports, each with what of it a contract cannot hold.
    case inexpressible([Obstacle])
    /// The compiler answered what this program does not understand.
    case notUnderstood(String)

    /// One export that cannot be expressed.
    package struct Obstacle: Sendable, Equatable, CustomStringConvertible {
        /// The symbol.
        package var export: String
        /// Where what stands in the way is declared: "greeter.h:12:5".
        package var place: String
        /// A clause.
        package var reason: String

        /// "greeter.h:12:5: greet: va_list is …".
        package var description: String { "\(place): \(export): \(reason)" }
    }

    /// A stable word for programs.
    package var code: String {
        switch self {
        case .noFile: "not-found"
        case .unusableName: "contract.header-name"
        case .noCompiler: "contract.no-compiler"
        case .system: "system"
        case .timedOut: "contract.timed-out"
        case .tooMuchOutput: "contract.too-large"
        case .doesNotCompile: "contract.compile"
        case .unheededAttributes: "contract.attribute"
        case .notLP64: "contract.target"
        case .noSuchExport: "contract.no-such-export"
        case .nothingExported: "contract.no-export"
        case .inexpressible: "contract.inexpressible"
        case .notUnderstood: "contract.compiler-output"
        }
    }

    /// Whether it is the header that is at fault, not this machine.
    package var isRefusal: Bool {
        switch self {
        case .unusableName, .doesNotCompile, .unheededAttributes, .notLP64, .noSuchExport, .nothingExported,
            .inexpressible:
            true
        default: false
        }
    }

    /// What went wrong, a line at a time: the first says it, the last what to do.
    package var lines: [String] {
        switch self {
        case .noFile(let path):
            return ["no such file: \(path)"]
        case .unusableName(let path):
            return [
                "\(printable(path)): a name in it has a quote, a backslash, a control character or a blank in front: "
                    + "rename it, or copy the header to another place"
            ]
        case .noCompiler(let looked):
            return [
                "no clang \(looked): install the Swift toolchain or the package clang, or name one in SWITCHBOARD_CLANG"
            ]
        case .system(let error):
            return ["\(error)"]
        case .timedOut(let seconds):
            return ["clang did not end within \(seconds) s: make the header include less"]
        case .tooMuchOutput(let bytes):
            return ["clang wrote more than \(bytes >> 20) MiB about the header: make it include less"]
        case .doesNotCompile(let lines):
            return ["the header does not compile: correct it, or give --include, --define, --std or --target"] + lines
        case .unheededAttributes(let lines):
            return [
                "clang does not heed what the header says, and another compiler may lay it out by it: take it out, or "
                    + "guard it with #ifndef __clang__ where it changes no layout"
            ] + lines
        case .notLP64(let target):
            return ["\(target) is no LP64 target: a contract needs one whose long and pointers have 64 bits"]
        case .noSuchExport(let name, let known):
            let nearest = NearestName.nearest(to: name, among: known).map { ": did you mean \"\($0)\"?" }
            return ["the header exports no \"\(name)\"" + (nearest ?? ": leave the option out")]
        case .nothingExported(let header):
            return [
                "\(header) exports no function: declare one with external C linkage in it (in C++: extern \"C\"), "
                    + "or leave out --only and --except"
            ]
        case .inexpressible(let obstacles):
            var seen: Set<String> = []
            let names = obstacles.map(\.export).filter { seen.insert($0).inserted }
            let out = names.map { " --except \($0)" }.joined()
            return [
                names.count == 1
                    ? "an export cannot be expressed in a contract: change its type, or leave it out:\(out)"
                    : "\(names.count) exports cannot be expressed in a contract: change their types, or leave them out:\(out)"
            ] + obstacles.map(\.description)
        case .notUnderstood(let what):
            return ["clang's answer is not understood: \(what): use the clang of the Swift toolchain"]
        }
    }
}

extension HeaderError: CustomStringConvertible {
    package var description: String { lines.joined(separator: "\n") }
}
