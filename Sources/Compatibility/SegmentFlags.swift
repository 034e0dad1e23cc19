import ELFReader

extension ELFSegment {
    /// PF_X.
    var isExecutable: Bool { flags & 1 != 0 }
    /// PF_W.
    var isWritable: Bool { flags & 2 != 0 }
}
