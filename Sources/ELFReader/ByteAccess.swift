/// The only way from file bytes to values: a range is proven to lie inside once, then read without further questions.
///
/// All numbers are little-endian, as `ELFHeader.isELF64LittleEndian` has established. Reading outside the span traps: it
/// would be this module's own bug, because every offset below comes out of `range(at:count:)`.
extension RawSpan {
    /// The `count` bytes from `offset` on as a range of this span; `nil` where they do not all lie in it.
    func range(at offset: UInt64, count: UInt64) -> Range<Int>? {
        let size = UInt64(byteCount)
        guard count <= size, offset <= size - count else { return nil }
        return Int(offset)..<Int(offset + count)
    }

    @inline(__always)
    func u8(_ offset: Int) -> UInt8 {
        // SAFETY: the load checks its bounds, and every bit pattern is an integer; the span keeps the memory valid.
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    @inline(__always)
    func u16(_ offset: Int) -> UInt16 {
        // SAFETY: as u8; the load needs no alignment.
        UInt16(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    @inline(__always)
    func u32(_ offset: Int) -> UInt32 {
        // SAFETY: as u16.
        UInt32(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    @inline(__always)
    func u64(_ offset: Int) -> UInt64 {
        // SAFETY: as u16.
        UInt64(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// A copy of the bytes as text; what is not UTF-8 becomes U+FFFD.
    func text(_ range: Range<Int>) -> String {
        // SAFETY: the buffer is only read, and only inside the closure, while the span keeps it valid.
        unsafe extracting(range).withUnsafeBytes { buffer in unsafe String(decoding: buffer, as: UTF8.self) }
    }

    /// A copy of the bytes.
    func copy(_ range: Range<Int>) -> [UInt8] {
        // SAFETY: as `text`.
        unsafe extracting(range).withUnsafeBytes { buffer in unsafe [UInt8](buffer) }
    }

    /// The bytes of `range` before its first NUL; `nil` where it has none.
    func terminated(_ range: Range<Int>) -> Range<Int>? {
        var end = range.lowerBound
        // Eight bytes at a time: subtracting 1 from each borrows into the high bit of those that are 0.
        while end + 8 <= range.upperBound {
            let word = u64(end)
            let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
            if zeros != 0 { return range.lowerBound..<(end + zeros.trailingZeroBitCount / 8) }
            end += 8
        }
        while end < range.upperBound {
            if u8(end) == 0 { return range.lowerBound..<end }
            end += 1
        }
        return nil
    }
}
