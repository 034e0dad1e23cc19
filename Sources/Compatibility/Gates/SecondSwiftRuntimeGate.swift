import ELFReader

extension Gate {
    /// `swift.second-runtime`: nothing that the image brings is a Swift runtime of its own.
    ///
    /// Two in one process know nothing of each other's types; casts between them fail or crash.
    static let secondSwiftRuntime = Gate.ofClosure("swift.second-runtime") { closure, _, _, host in
        let code = "swift.second-runtime"
        let own = "\(host.swiftRuntime.rawValue) Swift runtime"
        let findings = closure.libraries.compactMap { library -> Finding? in
            guard case .comesAlong(let path, let image) = library.outcome, image.isSwiftRuntime else { return nil }
            return .refused(
                code, plugin: path, host: own,
                "\(library.needer) needs \(library.name) and would bring \(path), a second Swift runtime beside this "
                    + "host's",
                remedy: "link against libswiftCore.so by its name alone, so that the host's is taken")
        }
        return findings.isEmpty ? [.passed(code, plugin: "brings no Swift runtime", host: own)] : findings
    }
}

extension ELFImage {
    /// Whether the image offers the Swift runtime to others.
    var isSwiftRuntime: Bool {
        symbols.contains { $0.isDefined && $0.visibility != 2 && $0.name == "swift_addNewDSOImage" && $0.binding != 0 }
    }
}
