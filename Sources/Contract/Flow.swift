/// Which way values of a type travel between the two sides: it decides who reads what the other side has not written.
///
/// The header says so by its positions: parameters travel to the plugin, results to the caller; a callback's the other way.
/// What a parameter points to and may be written may have been made by either side.
struct Flow: OptionSet, Hashable {
    let rawValue: Int

    /// The caller makes it, the plugin reads it.
    static let toPlugin = Flow(rawValue: 1)
    /// The plugin makes it, the caller reads it.
    static let toCaller = Flow(rawValue: 2)
    static let bothWays: Flow = [.toPlugin, .toCaller]
    /// It is passed itself, or several lie in an array: its size is a matter of both sides.
    static let byValue = Flow(rawValue: 4)

    /// What a callback that travels so is handed.
    var reversed: Flow {
        var flow = subtracting(.bothWays)
        if contains(.toPlugin) { flow.insert(.toCaller) }
        if contains(.toCaller) { flow.insert(.toPlugin) }
        return flow
    }

    var passesToPlugin: Bool { contains(.toPlugin) }
    var passesToCaller: Bool { contains(.toCaller) }
}

/// A struct, union or enum of each contract, taken for one another.
struct TypePair: Hashable, Comparable {
    let old: TypeName
    let new: TypeName

    static func < (left: Self, right: Self) -> Bool { (left.old, left.new) < (right.old, right.new) }

    /// `struct point`, or `struct point (NEW calls it struct place)`.
    var description: String { old == new ? "\(old)" : "\(old) (NEW calls it \(new))" }
}
