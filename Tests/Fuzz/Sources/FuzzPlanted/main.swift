import FuzzSupport

/// A parser with a bug in it, for `scripts/fuzz --self-test`: fuzzing that does not find this one finds none.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPlanted(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    guard count > 3, bytes[0] == UInt8(ascii: "b") else { return 0 }
    guard bytes[1] == UInt8(ascii: "u") else { return 0 }
    guard bytes[2] == UInt8(ascii: "g") else { return 0 }
    law("nothing is planted", bytes[3] != UInt8(ascii: "!"))
    return 0
}
