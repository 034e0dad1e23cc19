/// A small reproducible generator (SplitMix64): the same seed, the same mutations.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// One edit: replace, insert, delete, double a stretch, or cut the tail.
func mutate(_ bytes: inout [UInt8], _ alphabet: [UInt8], _ random: inout SplitMix64) {
    guard !bytes.isEmpty else {
        bytes = [alphabet[0]]
        return
    }
    let place = Int(random.next() % UInt64(bytes.count))
    let byte = alphabet[Int(random.next() % UInt64(alphabet.count))]
    switch random.next() % 5 {
    case 0: bytes[place] = byte
    case 1: bytes.insert(byte, at: place)
    case 2: bytes.remove(at: place)
    case 3: bytes.insert(contentsOf: bytes[place..<min(place + 12, bytes.count)], at: place)
    default: bytes.removeSubrange(place...)
    }
}
