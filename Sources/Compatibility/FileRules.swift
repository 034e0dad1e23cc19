/// Where plugins may lie and whose they may be, as gates compare it: links resolved, names looked up.
public struct FileRules: Sendable, Codable, Equatable {
    /// Absolute folders without links; empty allows every folder.
    public var folders: [String]
    /// Allowed owners of files; empty allows everybody.
    public var owners: [Owner]
    /// Who may own a folder above a plugin besides root and the allowed owners: the host's own user.
    public var hostUser: UInt32

    /// A user as the policy names it.
    public struct Owner: Sendable, Codable, Hashable {
        /// As in the policy, for messages.
        public var name: String
        /// The number that files bear.
        public var uid: UInt32

        /// Creates an owner.
        public init(name: String, uid: UInt32) {
            self.name = name
            self.uid = uid
        }

        /// "builder (1001)", or the number alone.
        var text: String { name == "\(uid)" ? name : "\(name) (\(uid))" }
    }

    /// Creates rules; the default allows everything.
    public init(folders: [String] = [], owners: [Owner] = [], hostUser: UInt32 = 0) {
        self.folders = folders
        self.owners = owners
        self.hostUser = hostUser
    }

    /// The rule's folder that a path lies in, if any.
    func folder(around path: String) -> String? {
        // Byte by byte, as the file system does: to a String é is é, however it is composed.
        folders.first { path.utf8.starts(with: ($0 == "/" ? "/" : $0 + "/").utf8) }
    }
}
