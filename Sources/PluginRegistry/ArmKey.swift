/// What decides which arm of a route a call takes: a user, a tenant, a session.
///
/// Sticky: the same key takes the same arm in every process and every release, as long as the share stays; a share that
/// grows only adds keys to the canary. The hash behind it is therefore fixed for ever:
/// - a number is the state of one step of SplitMix64: add 0x9e3779b97f4a7c15, then the three rounds of its mixing;
/// - a text is hashed by 64-bit FNV-1a over its UTF-8 as it is (not normalised), and the result goes the same way.
///
/// Neither is a secret: whoever chooses their own key can choose their arm.
public struct ArmKey: Sendable, Hashable {
    let hash: UInt64

    /// The key of a number.
    public init(_ number: UInt64) { hash = Self.mix(number) }

    /// The key of a text.
    public init(_ text: String) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        self.hash = Self.mix(hash)
    }

    /// Whether the key is among this many in ten thousand: those with the lowest hashes.
    func isAmong(_ basisPoints: Int) -> Bool { hash.multipliedFullWidth(by: 10_000).high < basisPoints }

    private static func mix(_ number: UInt64) -> UInt64 {
        var mixed = number &+ 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
