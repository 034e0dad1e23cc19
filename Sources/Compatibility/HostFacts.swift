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
    /// What the host's processor can do beyond what every one of its machine can: the x86-64 micro-architecture level,
    /// 1 to 4; `nil` on another machine, or in facts of a host that did not say.
    public var x86Level: Int?
    /// The sanitizers that the host was built with: "address", "thread".
    public var sanitizers: [String]
    /// The newest GLIBCXX_ version of the loaded libstdc++, "3.4.30"; `nil` where none is loaded.
    public var glibcxxVersion: String?
    /// The newest CXXABI_ version of the loaded libstdc++, "1.3.13"; `nil` where none is loaded.
    public var cxxabiVersion: String?
    /// The room for images with DF_STATIC_TLS when the facts were taken; `nil` where nobody could tell.
    public var staticThreadLocals: StaticThreadLocals?
    /// The Swift code that is loaded; `nil` where nobody looked or no shared Swift runtime is loaded.
    public var swift: LoadedSwift?
    /// The plugins that serve in this process now; empty on a build machine.
    public var loaded: [LoadedPlugin]
    /// What callers have bound through the routes that a candidate would serve; of that candidate alone, and no fact of a
    /// host that could be written down.
    package var bound: [BoundExport] = []

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

    /// An export that is bound.
    package struct BoundExport: Sendable, Equatable {
        /// As errors name it: `greeter ^1`.
        package var route: String
        /// The C name.
        package var symbol: String
        /// What its manifest declared when it was bound.
        package var type: PluginManifest.ExportType?
        /// The candidate's type and this one in C, as far as snapshots are at hand.
        package var spelling: Spelling?

        package init(route: String, symbol: String, type: PluginManifest.ExportType?, spelling: Spelling? = nil) {
            self.route = route
            self.symbol = symbol
            self.type = type
            self.spelling = spelling
        }
    }

    /// Two types in C.
    package struct Spelling: Sendable, Equatable {
        /// What the candidate has.
        package var offered: String?
        /// What is bound.
        package var expected: String?
        /// What differs where both are spelled alike: a clause.
        package var difference: String?

        package init(offered: String?, expected: String?, difference: String? = nil) {
            self.offered = offered
            self.expected = expected
            self.difference = difference
        }
    }

    /// Creates facts.
    public init(
        machine: UInt16, glibcVersion: String?, swiftVersion: String, clangVersion: String, swiftRuntime: SwiftRuntime,
        abi: ABIVersion, x86Level: Int? = nil, sanitizers: [String] = [], glibcxxVersion: String? = nil,
        cxxabiVersion: String? = nil, staticThreadLocals: StaticThreadLocals? = nil, swift: LoadedSwift? = nil,
        loaded: [LoadedPlugin] = []
    ) {
        self.machine = machine
        self.glibcVersion = glibcVersion
        self.swiftVersion = swiftVersion
        self.clangVersion = clangVersion
        self.swiftRuntime = swiftRuntime
        self.abi = abi
        self.x86Level = x86Level
        self.sanitizers = sanitizers
        self.glibcxxVersion = glibcxxVersion
        self.cxxabiVersion = cxxabiVersion
        self.staticThreadLocals = staticThreadLocals
        self.swift = swift
        self.loaded = loaded
    }
}

extension HostFacts {
    private enum CodingKeys: String, CodingKey {
        case machine, glibcVersion, swiftVersion, clangVersion, swiftRuntime, abi, x86Level, sanitizers, loaded
        case glibcxxVersion, cxxabiVersion, staticThreadLocals, swift
    }

    /// Reads facts; those that an older `plugctl facts` did not write are unknown or none.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        machine = try values.decode(UInt16.self, forKey: .machine)
        glibcVersion = try values.decodeIfPresent(String.self, forKey: .glibcVersion)
        swiftVersion = try values.decode(String.self, forKey: .swiftVersion)
        clangVersion = try values.decode(String.self, forKey: .clangVersion)
        swiftRuntime = try values.decode(SwiftRuntime.self, forKey: .swiftRuntime)
        abi = try values.decode(ABIVersion.self, forKey: .abi)
        x86Level = try values.decodeIfPresent(Int.self, forKey: .x86Level)
        sanitizers = try values.decodeIfPresent([String].self, forKey: .sanitizers) ?? []
        glibcxxVersion = try values.decodeIfPresent(String.self, forKey: .glibcxxVersion)
        cxxabiVersion = try values.decodeIfPresent(String.self, forKey: .cxxabiVersion)
        staticThreadLocals = try values.decodeIfPresent(StaticThreadLocals.self, forKey: .staticThreadLocals)
        swift = try values.decodeIfPresent(LoadedSwift.self, forKey: .swift)
        loaded = try values.decodeIfPresent([LoadedPlugin].self, forKey: .loaded) ?? []
    }
}
