package import Contract
import Glibc
import LinuxSystem

/// Reads contracts from C and C++ headers, by running clang on them.
package struct HeaderCompiler: Sendable {
    private let clang: Clang

    package init(_ clang: Clang) {
        self.clang = clang
    }

    /// The contract of a header: four runs of clang, each some 30 ms for a header that includes little.
    ///
    /// Blocks its thread, at most for each run's time limit.
    package func contract(of request: HeaderRequest) throws(HeaderError) -> Contract {
        guard let path = ResolvedPath.of(request.path), Self.isFile(path) else { throw .noFile(path: request.path) }
        // Clang writes such a name in several ways, and a snapshot could not be read back.
        guard path.split(separator: "/").map(String.init).allSatisfy(Contract.isHeaderName) else {
            throw .unusableName(path: path)
        }
        let preprocessed = PreprocessedHeader(try compile(request, ["-E", "-dD"]))
        let tree = try SyntaxNode(json: try compile(request, Self.treeOptions, warnings: Self.treeWarnings))
        let layouts = RecordLayouts(try compile(request, Self.layoutOptions, isHeader: false))
        let files = Self.exportingFiles(preprocessed, header: path)
        let macros = preprocessed.macros.filter { files.contains($0.value) }.keys.sorted()
        let (answer, target) = try ask(ConstantProbe.batches(of: macros), request)
        guard answer.isLP64 else { throw .notLP64(target: target) }
        let syntax = HeaderSyntax(
            tree, isCPlusPlus: request.isCPlusPlus, layouts: layouts,
            systemFiles: preprocessed.systemFiles.subtracting(files),
            wideCharacter: target.hasPrefix("aarch64") ? .unsigned(bits: 32) : .signed(bits: 32))
        var builder = ContractBuilder(syntax, files: files)
        return try builder.build(
            Contract(
                header: Self.name(of: path), target: target, constants: answer.constants, only: Set(request.only),
                except: Set(request.except)))
    }

    private static let treeOptions = ["-fsyntax-only", "-Xclang", "-ast-dump=json"]

    /// A struct that a parameter list declares is another in each of them, whatever else is called so (C17, 6.2.1, 4), and
    /// the tree says neither that nor what is in it: `void f(struct made_here { int a; } *);`.
    private static let treeWarnings = ["-Wno-everything", "-Werror=visibility"] + UnheededAttributes.warnings

    /// Debug information of all types needs all layouts, each when its declaration is read to the end.
    ///
    /// Not -fdump-record-layouts-complete: it lays a record out at its `}`, before `packed` or `aligned` behind it is read.
    private static let layoutOptions = [
        "-c", "-g", "-fstandalone-debug", "-fno-eliminate-unused-debug-types", "-Xclang", "-emit-llvm-only", "-Xclang",
        "-fdump-record-layouts",
    ]

    /// Runs clang on the header: what it wrote to standard output.
    ///
    /// - Parameter warnings: which of them count; the others are the compiler's of the plugin to give.
    private func compile(
        _ request: HeaderRequest, _ arguments: [String], warnings: [String] = ["-w"], isHeader: Bool = true
    ) throws(HeaderError) -> [UInt8] {
        let kind = (request.isCPlusPlus ? "c++" : "c") + (isHeader ? "-header" : "")
        let run = try clang.run(warnings + request.options + arguments + ["-x", kind, request.plainPath])
        // A clang that was killed has said nothing of the header.
        guard case .exited(let code) = run.end else { throw .notUnderstood("it was \(run.end)") }
        guard code == 0 else { throw .doesNotCompile(lines: Self.firstErrors(run.errors, end: run.end)) }
        let unheeded = UnheededAttributes.lines(in: run.errors)
        guard unheeded.isEmpty else { throw .unheededAttributes(lines: unheeded) }
        return run.output
    }

    private func ask(
        _ probes: [ConstantProbe], _ request: HeaderRequest
    ) throws(HeaderError) -> (ConstantProbe.Answer, target: String) {
        var answer = ConstantProbe.Answer()
        var target = ""
        for probe in probes {
            let run = try clang.run(
                request.options + [
                    "-w", "-v", "-ferror-limit=0", "-fsyntax-only", "-Xclang", "-ast-dump=json", "-Xclang",
                    "-ast-dump-filter=\(ConstantProbe.filter)", "-include", request.plainPath, "-x",
                    request.isCPlusPlus ? "c++" : "c", "-",
                ], input: Array(probe.source.utf8))
            let said = String(decoding: run.errors, as: UTF8.self).split(separator: "\n")
            guard let line = said.first(where: { $0.hasPrefix("Target: ") }) else {
                throw .notUnderstood("it says no target")
            }
            target = String(line.dropFirst("Target: ".count))
            let part = probe.answer(run.output)
            answer.isLP64 = part.isLP64
            answer.constants.merge(part.constants) { first, _ in first }
        }
        return (answer, target)
    }

    /// The files whose declarations are the contract's: the header, and what it includes from its own folder and below;
    /// no system headers, and not switchboard.h.
    private static func exportingFiles(_ preprocessed: PreprocessedHeader, header: String) -> Set<String> {
        let folder = header.prefix(header.count - name(of: header).count)
        return Set(
            preprocessed.files.compactMap { name, isSystem in
                guard let path = ResolvedPath.of(name) else { return nil }
                if path == header { return name }
                return !isSystem && path.hasPrefix(folder) && self.name(of: path) != "switchboard.h" ? name : nil
            })
    }

    private static func name(of path: String) -> String { String(path.split(separator: "/").last ?? "") }

    private static func isFile(_ path: String) -> Bool {
        var status = Glibc.stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// What clang said of its first errors: each with its place, without the lines that draw it.
    private static func firstErrors(_ text: [UInt8], end: ChildProcess.End) -> [String] {
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
        let errors = lines.filter { $0.contains("error: ") }
        guard errors.isEmpty else { return Array(errors.prefix(5)) }
        return lines.isEmpty ? ["clang ended with \(end)"] : Array(lines.suffix(3))
    }
}
