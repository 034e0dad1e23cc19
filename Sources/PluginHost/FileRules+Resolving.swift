import Compatibility
import LinuxSystem

extension FileRules {
    /// A policy's folders without links and its owners' numbers, as this system has them now.
    init(_ policy: HostPolicy) throws(PluginHostError) {
        var owners: [Owner] = []
        for owner in policy.owners {
            switch owner {
            case .uid(let uid): owners.append(Owner(name: "\(uid)", uid: uid))
            case .name(let name):
                let uid: UInt32?
                do throws(SystemError) { uid = try UserDatabase.uid(of: name) } catch { throw .system("\(error)") }
                guard let uid else {
                    throw .invalidRequest(
                        "the policy names the owner \(name), whom this system does not know: write a user's name or number"
                    )
                }
                owners.append(Owner(name: name, uid: uid))
            }
        }
        // A folder that is not there yet stays as written: nothing lies in it, and nothing is allowed by it.
        self.init(
            folders: policy.folders.map { ResolvedPath.of($0) ?? $0 }, owners: owners,
            hostUser: UserDatabase.ownUser)
    }
}
