/// One function that uses the standard library, or nothing of it as Embedded Swift, for the matrix.
@_cdecl("answer") public func answer() -> Int32 {
    #if hasFeature(Embedded)
        return 5
    #else
        return Int32(["one", "two", "three", "four", "five"].map(\.count).count)
    #endif
}
