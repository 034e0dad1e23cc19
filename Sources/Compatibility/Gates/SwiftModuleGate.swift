import ELFReader

extension Gate {
    /// `swift.module`: the Swift modules of the image are the first of their names in the process.
    ///
    /// Types of the same name are told apart everywhere but in a search by name, which finds the older ones. The very image
    /// that has the name already may come again.
    static let swiftModule = Gate.ofLoadedSwift("swift.module") { members, loaded, candidate in
        let code = "swift.module"
        var findings: [Finding] = []
        let version = (candidate.foundManifest?.version ?? "1.0.0").map { $0.isLetter || $0.isNumber ? $0 : "_" }
        for (member, facts) in members {
            for name in facts.modules.sorted() where findings.count < 8 {
                guard let owner = loaded.modules[name], member != "plugin" || owner.image != candidate.id else {
                    continue
                }
                let shown = printable(name, limit: 128)
                let place = owner.image.map { "\(owner.name) (\($0))" } ?? owner.name
                findings.append(
                    .warning(
                        code, plugin: shown, host: place,
                        "\(member) has the Swift module \(shown), which \(place) has, too: _typeByName finds the types "
                            + "of the older one",
                        remedy: "put the version into the module's name: -module-name "
                            + printable("\(name)_\(String(version))", limit: 128)))
            }
        }
        guard findings.isEmpty else { return findings }
        let names = members.flatMap { $0.facts.modules.sorted() }.prefix(8).map { printable($0, limit: 128) }
        return [.passed(code, plugin: names.isEmpty ? "no module with types" : names.joined(separator: ", "))]
    }
}
