import ELFReader

/// One of the images that dlopen of a plugin maps, as a gate judges it: the plugin's own, or a library's that comes along.
///
/// To the process they are alike: one that asks for executable stacks gets them, whoever needed it.
struct Member {
    let image: ELFImage
    /// As DT_NEEDED names it; `nil` for the plugin itself.
    let library: String?

    /// What a clause is about.
    var subject: String { library.map { "\($0), which comes along," } ?? "plugin" }
    /// The same in a remedy.
    var object: String { library ?? "the plugin" }

    /// The plugin's side of a finding, with the library's name in front.
    func side(_ text: String) -> String { library.map { "\($0): \(text)" } ?? text }
}

extension Candidate {
    /// The libraries that dlopen maps with the plugin, as gates judge them.
    var membersComingAlong: [Member] {
        (closure?.comingAlong ?? []).map { Member(image: $0.image, library: $0.library.name) }
    }
}

extension Gate {
    /// A gate that judges each image that dlopen maps on its own.
    ///
    /// A library that passes is not told of; where one is refused, the plugin does not pass.
    static func ofMembers(
        _ code: String, _ judge: @escaping @Sendable (Member, Candidate, HostFacts) -> [Finding]
    ) -> Gate {
        ofImage(code) { image, candidate, host in
            let own = judge(Member(image: image, library: nil), candidate, host)
            let others = candidate.membersComingAlong.lazy.flatMap { judge($0, candidate, host) }
                .filter { $0.verdict == .refused }.prefix(16)
            return others.isEmpty ? own : own.filter { $0.verdict != .passed } + others
        }
    }
}
