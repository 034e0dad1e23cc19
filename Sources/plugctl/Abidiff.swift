/// What abidiff says of two shared objects (libabigail), from its exit bits.
struct AbidiffVerdict: Encodable, Equatable {
    /// Its exit code; `nil` where it did not run.
    var bits: Int32?
    /// Whether it found no difference.
    var isFine: Bool
    /// In words, a clause.
    var sentence: String
}
