/// What a change does to those that were built with OLD, before it is known which way the values travel.
///
/// Two rules are behind most of it: a side that reads what the other has not written is broken, and so is one that writes
/// past what the other has allocated. Who allocates follows from `Flow`; where both may, the header leaves it open.
enum ChangeEffect {
    /// Both sides are broken, whichever way the values travel.
    case breaks(String)
    /// Neither is.
    case harmless(String)
    /// It turns on something that no header says.
    case open(String)
    /// Each side as said, whichever way the values travel.
    case each(callers: Outcome, plugins: Outcome)
    /// NEW's side uses `part` of `whole`, which OLD's side does not know of; `unless` qualifies that someone survives it.
    case newUses(part: String, whole: String, unless: String = "")
    /// OLD's side uses `part` of `whole`, which NEW's side knows no longer.
    case oldUses(part: String, whole: String, unless: String = "")
    /// NEW's side may hand over `value`, which OLD's side does not know.
    case newSends(String)
    /// OLD's side may hand over `value`, which NEW's side knows no longer.
    case oldSends(String)
    /// The receiver promises from NEW on not to write (`isAdded`), or no longer promises it.
    case const(isAdded: Bool)
    /// The receiver takes a value of one scalar type for one of another.
    case converted(old: Scalar, new: Scalar)

    typealias Outcome = ContractChange.Outcome

    /// What becomes of old callers and of old plugins where values travel as `flow` says.
    func outcomes(_ flow: Flow) -> (callers: Outcome, plugins: Outcome) {
        switch self {
        case .breaks(let reason): return (Outcome(.break, reason), Outcome(.break, reason))
        case .harmless(let reason): return (Outcome(.survive, reason), Outcome(.survive, reason))
        case .open(let reason): return (Outcome(.depend, reason), Outcome(.depend, reason))
        case .each(let callers, let plugins): return (callers, plugins)
        case .newUses(let part, let whole, let unless):
            return (
                Self.uses(part, whole, unless, flow, .toPlugin, user: "NEW's plugin", maker: "a caller of OLD"),
                Self.uses(part, whole, unless, flow, .toCaller, user: "NEW's host", maker: "a plugin of OLD")
            )
        case .oldUses(let part, let whole, let unless):
            return (
                Self.uses(part, whole, unless, flow, .toCaller, user: "a caller of OLD", maker: "NEW's plugin"),
                Self.uses(part, whole, unless, flow, .toPlugin, user: "a plugin of OLD", maker: "NEW's host")
            )
        case .newSends(let value):
            return (
                Self.sends(value, flow, .toCaller, sender: "NEW's plugin", receiver: "a caller of OLD"),
                Self.sends(value, flow, .toPlugin, sender: "NEW's host", receiver: "a plugin of OLD")
            )
        case .oldSends(let value):
            return (
                Self.sends(value, flow, .toPlugin, sender: "a caller of OLD", receiver: "NEW's plugin"),
                Self.sends(value, flow, .toCaller, sender: "a plugin of OLD", receiver: "NEW's host")
            )
        case .const(let isAdded):
            // Whoever receives the pointer is the one who might write.
            return (
                Self.writes(flow, isAdded ? .toCaller : .toPlugin, isAdded ? "a caller of OLD" : "NEW's plugin"),
                Self.writes(flow, isAdded ? .toPlugin : .toCaller, isAdded ? "a plugin of OLD" : "NEW's host")
            )
        case .converted(let old, let new):
            let sent = (caller: Scalar.received(old, as: new), plugin: Scalar.received(new, as: old))
            switch (flow.passesToPlugin, flow.passesToCaller) {
            case (true, false): return (sent.caller, sent.plugin)
            case (false, true): return (sent.plugin, sent.caller)
            default: return (Self.worse(sent.caller, sent.plugin), Self.worse(sent.plugin, sent.caller))
            }
        }
    }

    /// What comes of `user` using a part that `maker` did not make, where values from `maker` travel as `bad` says.
    private static func uses(
        _ part: String, _ whole: String, _ unless: String, _ flow: Flow, _ bad: Flow, user: String, maker: String
    ) -> Outcome {
        guard !flow.isDisjoint(with: bad) else {
            return Outcome(.survive, "\(maker) is never asked for \(part)\(unless)")
        }
        return flow.isSuperset(of: .bothWays)
            ? Outcome(.depend, "only where \(maker) never makes \(whole) itself: \(user) uses \(part)")
            : Outcome(.break, "\(user) uses \(part), which \(maker) does not make")
    }

    private static func sends(
        _ value: String, _ flow: Flow, _ bad: Flow, sender: String, receiver: String
    ) -> Outcome {
        flow.isDisjoint(with: bad)
            ? Outcome(.survive, "\(receiver) is never handed \(value)")
            : Outcome(
                .depend, "only where \(sender) never hands over \(value), or \(receiver) meets it as any unknown value")
    }

    private static func writes(_ flow: Flow, _ bad: Flow, _ writer: String) -> Outcome {
        flow.isDisjoint(with: bad)
            ? Outcome(.survive, "nobody writes who did not write before")
            : Outcome(.depend, "only where the memory may be written: \(writer) may write to it")
    }

    private static func worse(_ first: Outcome, _ second: Outcome) -> Outcome {
        first.verdict == .break || second.verdict == .survive ? first : second
    }
}

/// A type as a register or a memory cell holds it.
enum Scalar: Hashable {
    case void
    /// Integers, `_Bool` and enums.
    case integer(bits: Int)
    /// Of data; of which type, or `nil` for `void`.
    case pointer(to: CType?)
    case functionPointer
    /// Of any length.
    case array(of: CType)
    /// Floating types, structs and unions: alike only where they are the same.
    case other

    /// What a type is on LP64.
    init(_ type: CType, in types: [TypeName: TypeDefinition]) {
        switch type {
        case .void: self = .void
        case .bool: self = .integer(bits: 8)
        case .integer(let integer): self = .integer(bits: integer.bits)
        case .enumeration(let name):
            guard case .enumeration(let enumeration) = types[name] else {
                self = .other
                return
            }
            self = .integer(bits: enumeration.storage.bits)
        case .pointer(let target):
            switch target.type {
            case .function: self = .functionPointer
            case .void: self = .pointer(to: nil)
            default: self = .pointer(to: target.type)
            }
        case .array(let element, _): self = .array(of: element.type)
        case .floating, .function, .record, .inline: self = .other
        }
    }

    private var bits: Int? {
        switch self {
        case .integer(let bits): bits
        case .pointer, .functionPointer: 64
        case .void, .array, .other: nil
        }
    }

    /// What becomes of a value that one side sends as `sent` and the other takes for `taken`.
    static func received(_ sent: Scalar, as taken: Scalar) -> ContractChange.Outcome {
        typealias Outcome = ContractChange.Outcome
        switch (sent, taken) {
        case (_, .void): return Outcome(.survive, "the receiver does not look at it")
        case (.void, _): return Outcome(.break, "the receiver reads what nobody has sent")
        case (.functionPointer, .functionPointer):
            return Outcome(.break, "the function behind it is called with another type")
        case (.pointer(nil), .pointer), (.pointer, .pointer(nil)):
            return Outcome(.depend, "only where what lies behind the pointer is what the receiver takes it for")
        case (.pointer, .pointer), (.pointer, .functionPointer), (.functionPointer, .pointer):
            return Outcome(.break, "what lies behind the pointer is taken for another type")
        case (.pointer, .integer), (.functionPointer, .integer), (.integer, .pointer), (.integer, .functionPointer):
            return Outcome(.break, "one side takes an address for a number")
        case (.array(let sent), .array(let taken)) where sent == taken:
            return Outcome(.depend, "only for the elements that both sides know of")
        default: break
        }
        guard let sentBits = sent.bits, let takenBits = taken.bits else {
            return Outcome(.break, "it is sent in one form and looked for in another")
        }
        if takenBits > sentBits {
            return Outcome(.break, "the receiver reads \(takenBits) bits, of which the sender sets \(sentBits)")
        }
        return takenBits < sentBits
            ? Outcome(.depend, "only while values fit into the \(takenBits) bits that the receiver reads")
            : Outcome(.depend, "only for values that mean the same in both types: it has the same bits")
    }
}

extension CType.Integer {
    /// Its size.
    package var bits: Int {
        switch self {
        case .char: 8
        case .signed(let bits), .unsigned(let bits): bits
        }
    }
}
