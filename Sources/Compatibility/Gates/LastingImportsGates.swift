import ELFReader

extension Gate {
    /// `imports.threads`: what may leave a thread behind that runs the image's code.
    static let threadImports = lastingImports(
        "imports.threads", .threads, end: "end every thread, timer and queue")

    /// `imports.signals`: what may leave a signal handler behind.
    static let signalImports = lastingImports(
        "imports.signals", .signals, end: "put the old signal handlers back")

    /// `imports.keys`: what may leave a destructor of a thread-specific value behind, or a handler of forks or exits.
    static let keyImports = lastingImports("imports.keys", .keys, end: "delete every key and handler")

    private static func lastingImports(_ code: String, _ kind: LastingImport.Kind, end: String)
        -> Gate
    {
        ofImage(code) { _, candidate, _ in
            let imports = (candidate.index?.lastingImports ?? []).filter { $0.kind == kind }
            guard let first = imports.first else { return [.passed(code, plugin: "none")] }
            let names = imports.map(\.name).joined(separator: ", ")
            let isVouchedFor = candidate.foundManifest?.vouchesForUnload ?? false
            let (consequence, remedy) =
                if let reason = candidate.residence {
                    ("it stays resident whatever anybody vouches for (\(reason))", "")
                } else if isVouchedFor {
                    ("it is unmapped on the word of its manifest (unload = clean)", "")
                } else {
                    (
                        "it stays resident, for nothing vouches for it",
                        "\(end) in swb_stop, and add unload = clean to the manifest"
                    )
                }
            return [
                .noted(
                    code, plugin: names,
                    "plugin imports \(names), which may leave \(first.leftover) behind: \(consequence)", remedy: remedy)
            ]
        }
    }
}
