package import Compatibility

/// One thing in which two contracts differ.
package struct ContractChange: Sendable, Hashable {
    package let kind: Kind
    /// What changed: `greet, parameter 2`, or `struct point, member z`.
    package let subject: String
    /// The exports whose types it changes, sorted.
    package let exports: [String]
    /// The header's function types by name whose types it changes, sorted.
    package let callbacks: [String]
    /// As OLD has it, in C; `nil` where it has none.
    package let old: String?
    /// As NEW has it, in C; `nil` where it has none.
    package let new: String?
    /// What becomes of hosts that were built with OLD and call a plugin of NEW.
    package let callers: Outcome
    /// What becomes of plugins that were built with OLD and are called by a host of NEW.
    package let plugins: Outcome
    /// The step of the version that it asks for at least.
    package let bump: VersionBump

    /// Whether somebody survives a change, where nothing refused it before.
    package struct Outcome: Sendable, Hashable, Codable {
        package let verdict: Verdict
        /// A clause.
        package let reason: String

        package init(_ verdict: Verdict, _ reason: String) {
            self.verdict = verdict
            self.reason = reason
        }
    }

    /// The short word for an outcome.
    package enum Verdict: String, Sendable, Hashable, Codable {
        case survive
        /// It turns on what the header does not say, above all on who makes a struct.
        case depend
        case `break`
    }

    /// What kind of change it is; the texts are stable.
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case targetChanged = "target.changed"
        case recordKind = "record.kind"
        case memberRemoved = "member.removed"
        case memberAdded = "member.added"
        case memberRenamed = "member.renamed"
        case memberRetyped = "member.retyped"
        case memberMoved = "member.moved"
        case recordSize = "record.size"
        case recordAlignment = "record.alignment"
        case typeCompleted = "type.completed"
        case typeHidden = "type.hidden"
        case enumeratorRemoved = "enumerator.removed"
        case enumeratorAdded = "enumerator.added"
        case enumeratorValue = "enumerator.value"
        case enumStorage = "enum.storage"
        /// Of what is pointed to, held by an array, or of a member itself; `volatile` is told by the same words.
        case constAdded = "const.added"
        case constRemoved = "const.removed"
        case callbackRemoved = "callback.removed"
        case callbackAdded = "callback.added"
        case callbackRetyped = "callback.retyped"
        case exportRemoved = "export.removed"
        case exportAdded = "export.added"
        case exportKind = "export.kind"
        case exportResult = "export.result"
        case exportParameter = "export.parameter"
        /// Their number.
        case exportParameters = "export.parameters"
        case exportVariadic = "export.variadic"
        case constantRemoved = "constant.removed"
        case constantAdded = "constant.added"
        case constantValue = "constant.value"
    }
}

extension ContractChange: Encodable {
    private enum Keys: String, CodingKey {
        case kind, subject, exports, callbacks, old, new, callers, plugins, bump
    }

    /// `old` and `new` are null where that side has none.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(subject, forKey: .subject)
        try container.encode(exports, forKey: .exports)
        try container.encode(callbacks, forKey: .callbacks)
        try container.encode(old, forKey: .old)
        try container.encode(new, forKey: .new)
        try container.encode(callers, forKey: .callers)
        try container.encode(plugins, forKey: .plugins)
        try container.encode(bump, forKey: .bump)
    }
}
