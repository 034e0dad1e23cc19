/// What this build of a host offers, as plain data: gates compare it with a plugin's, `plugctl facts` writes it as JSON
/// and `--host-facts` reads it on a build machine.
public struct HostFacts: Sendable, Codable, Equatable {
    /// e_machine of the host's executable: 62 = x86-64, 183 = AArch64.
    public var machine: UInt16
    /// The C library's version, "2.36"; `nil` on a C library other than glibc.
    public var glibcVersion: String?
    /// The Swift compiler's version, "6.3.1".
    public var swiftVersion: String
    /// The signature that this toolchain's clang leaves in `.comment`, without "clang version ".
    public var clangVersion: String
    /// How this process got its Swift runtime.
    public var swiftRuntime: SwiftRuntime
    /// The plugin ABI that this host speaks.
    public var abi: ABIVersion
    /// The plugins that serve in this process now; empty on a build machine.
    public var loaded: [LoadedPlugin]

    /// How the host's process got its Swift runtime.
    public enum SwiftRuntime: String, Sendable, Codable {
        /// libswiftCore.so is loaded, plugins share it.
        case dynamic
        /// Linked with `--static-swift-stdlib`: plugins that need libswiftCore.so would bring a second runtime.
        case `static`
    }

    /// One generation that serves in the host.
    public struct LoadedPlugin: Sendable, Codable, Equatable {
        /// The manifest's name.
        public var name: String
        /// The manifest's version.
        public var version: SemanticVersion
        /// The image it runs.
        public var image: ImageID
        /// What it serves under other names: the manifest's `provides` lines.
        public var provides: [Provided]

        /// Creates an entry.
        public init(name: String, version: SemanticVersion, image: ImageID, provides: [Provided] = []) {
            self.name = name
            self.version = version
            self.image = image
            self.provides = provides
        }
    }

    /// A `provides` line of a manifest: a name, and which versions of it the plugin can stand for.
    public struct Provided: Sendable, Codable, Equatable {
        /// What others may require.
        public var name: String
        /// The versions.
        public var range: VersionRange

        /// Creates an entry.
        public init(name: String, range: VersionRange) {
            self.name = name
            self.range = range
        }
    }

    /// Creates facts.
    public init(
        machine: UInt16, glibcVersion: String?, swiftVersion: String, clangVersion: String, swiftRuntime: SwiftRuntime,
        abi: ABIVersion, loaded: [LoadedPlugin] = []
    ) {
        self.machine = machine
        self.glibcVersion = glibcVersion
        self.swiftVersion = swiftVersion
        self.clangVersion = clangVersion
        self.swiftRuntime = swiftRuntime
        self.abi = abi
        self.loaded = loaded
    }
}
