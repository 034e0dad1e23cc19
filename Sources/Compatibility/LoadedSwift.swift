package import ELFReader

/// What the Swift code in a process has taken of the names that the whole process shares.
public struct LoadedSwift: Sendable, Codable, Equatable {
    /// What the runtime that is loaded says of itself, "6.3.0"; it does not know its patch number.
    public var runtimeVersion: String
    /// The signature in the runtime's `.comment`, as the toolchain's clang left it, without "clang version "; `nil` where
    /// its file could not be read or is another by now.
    public var runtimeCompiler: String?
    /// The C structs that Swift code imports, by their C names.
    package var structs: [String: Struct]
    /// Who has a Swift module, by its name.
    package var modules: [String: Owner]

    /// An image that was the first with a name.
    package struct Owner: Sendable, Codable, Equatable {
        /// "adder 1.2.0" for a plugin, a path for a library, "the host's program".
        package var name: String
        /// A plugin's image; `nil` for others.
        package var image: ImageID?

        package init(name: String, image: ImageID? = nil) {
            self.name = name
            self.image = image
        }
    }

    /// A C struct as the process knows it.
    package struct Struct: Sendable, Codable, Equatable {
        package var layout: SwiftFacts.Layout
        package var owner: Owner

        package init(layout: SwiftFacts.Layout, owner: Owner) {
            self.layout = layout
            self.owner = owner
        }
    }

    package init(
        runtimeVersion: String, runtimeCompiler: String? = nil, structs: [String: Struct] = [:],
        modules: [String: Owner] = [:]
    ) {
        self.runtimeVersion = runtimeVersion
        self.runtimeCompiler = runtimeCompiler
        self.structs = structs
        self.modules = modules
    }

    /// Adds an image that was loaded after the others: what has an owner keeps it.
    package mutating func add(_ facts: SwiftFacts, of owner: Owner) {
        for (name, layout) in facts.structs where structs[name] == nil {
            structs[name] = Struct(layout: layout, owner: owner)
        }
        for name in facts.modules where modules[name] == nil { modules[name] = owner }
    }
}

extension Candidate {
    /// The image and what it brings along, those with Swift metadata of their own: "plugin", or a library's path.
    var swiftMembers: [(name: String, facts: SwiftFacts)] {
        var members: [(name: String, facts: SwiftFacts)] = []
        if case .success(let image) = image, let facts = image.swift { members.append(("plugin", facts)) }
        for library in closure?.libraries ?? [] {
            if case .comesAlong(let path, let image) = library.outcome, let facts = image.swift {
                members.append((path, facts))
            }
        }
        return members
    }

    /// Whether what Swift code the process has loaded matters for it.
    package var sharesSwift: Bool {
        if !swiftMembers.isEmpty { return true }
        guard case .success(let image) = image else { return false }
        return image.dynamic?.needed.contains(where: ELFImage.isSwiftLibrary) ?? false
    }
}
