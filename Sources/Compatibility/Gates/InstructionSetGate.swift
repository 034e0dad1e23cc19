import ELFReader

extension Gate {
    /// `elf.isa`: the processor has the instructions that the image, or a library that comes along, says it needs.
    ///
    /// It says so in its GNU property note, which linkers write for `-z x86-64-v3` and compilers for `-mneeded`; code that
    /// was compiled with `-march=` alone says nothing, and neither does code that tests before it uses an instruction.
    static let instructionSet = Gate.ofMembers("elf.isa") { member, _, host in
        let code = "elf.isa"
        let image = member.image
        let own = host.x86Level.map(levelName) ?? "\(machineName(host.machine)), level not stated"
        let protections = image.properties.protections(of: image.header.machine)
        let built = protections.isEmpty ? "" : ", built for \(protections.joined(separator: " and "))"
        switch image.properties.requirement(of: image.header.machine) {
        case .none:
            return [.passed(code, plugin: "none stated" + built, host: own)]
        case .unknown(let bits):
            let needs = "instruction sets 0x" + String(bits, radix: 16)
            return [
                .refused(
                    code, plugin: member.side(needs), host: own,
                    "\(member.subject) needs \(needs), of which this host knows none beyond x86-64-v4",
                    remedy: "build \(member.object) with -march= and a level that this host has")
            ]
        case .x86Level(let level):
            let needs = levelName(level)
            guard image.header.machine == host.machine else {
                return [.skipped(code, because: "the host has another machine")]
            }
            guard let available = host.x86Level else {
                if level <= 1 { return [.passed(code, plugin: needs + built, host: own)] }
                return [.skipped(code, because: "the host's facts do not say which level its processor has")]
            }
            guard level > available else { return [.passed(code, plugin: needs + built, host: own)] }
            return [
                .refused(
                    code, plugin: member.side(needs), host: own,
                    "\(member.subject) needs \(needs), this host's processor has \(own)",
                    remedy: "build \(member.object) with -march=\(own), and without -z \(needs)")
            ]
        }
    }

    private static func levelName(_ level: Int) -> String { level <= 1 ? "x86-64" : "x86-64-v\(level)" }
}
