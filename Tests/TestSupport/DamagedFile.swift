/// Edits of an ELF file's bytes by the names of its parts, for files that no linker would make.
///
/// Little-endian 64-bit files only. A part that is not there is a mistake of the test and throws.
extension [UInt8] {
    /// A field of a program header by its offset (Elf64_Phdr).
    package enum SegmentField: Int, Sendable {
        case type = 0
        case flags = 4
        case offset = 8
        case address = 16
        case fileSize = 32
        case memorySize = 40
        case alignment = 48

        fileprivate var size: Int { rawValue < 8 ? 4 : 8 }
    }

    /// Stores a little-endian number of `size` bytes.
    package mutating func store(_ value: UInt64, size: Int, at offset: Int) {
        for index in 0..<size { self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
    }

    /// The little-endian number of `size` bytes at `offset`.
    package func load(size: Int = 8, at offset: Int) -> UInt64 {
        (0..<size).reduce(0) { $0 | UInt64(self[offset + $1]) << (8 * UInt64($1)) }
    }

    /// Changes a field of the first program header of a type, of the last one for `last`.
    package mutating func store(
        _ value: UInt64, in field: SegmentField, ofType type: UInt32, last: Bool = false
    ) throws {
        let count = Int(load(size: 2, at: 56))
        let headers = (0..<count).map { Int(load(at: 32)) + 56 * $0 }.filter { load(size: 4, at: $0) == type }
        guard let header = last ? headers.last : headers.first else {
            throw TestSupportError("no program header of type \(type)")
        }
        store(value, size: field.size, at: header + field.rawValue)
    }

    /// The value of the dynamic section's first entry with a tag.
    package func dynamicValue(_ tag: UInt64) throws -> UInt64 { load(at: try dynamicEntry(tag) + 8) }

    /// Changes the value of the dynamic section's first entry with a tag.
    package mutating func store(_ value: UInt64, ofDynamicTag tag: UInt64) throws {
        store(value, size: 8, at: try dynamicEntry(tag) + 8)
    }

    /// Changes the tag of the dynamic section's first entry with a tag.
    package mutating func replaceDynamicTag(_ tag: UInt64, with other: UInt64) throws {
        store(other, size: 8, at: try dynamicEntry(tag))
    }

    /// Replaces the first place where `text` stands by another of the same length.
    package mutating func replace(_ text: String, with other: String) throws {
        let (old, new) = ([UInt8](text.utf8), [UInt8](other.utf8))
        guard old.count == new.count, old.count <= count,
            let start = (0...(count - old.count)).first(where: { Array(self[$0..<($0 + old.count)]) == old })
        else { throw TestSupportError("no \(text) to replace by \(other)") }
        replaceSubrange(start..<(start + old.count), with: new)
    }

    /// Where in the file the dynamic section's first entry with a tag lies.
    private func dynamicEntry(_ tag: UInt64) throws -> Int {
        let headers = (0..<Int(load(size: 2, at: 56))).map { Int(load(at: 32)) + 56 * $0 }
        guard let header = headers.first(where: { load(size: 4, at: $0) == 2 }) else {
            throw TestSupportError("no PT_DYNAMIC")
        }
        let start = Int(load(at: header + 8))
        let entries = stride(from: start, to: start + Int(load(at: header + 32)), by: 16)
        guard let entry = entries.first(where: { load(at: $0) == tag }) else {
            throw TestSupportError("no dynamic entry with tag \(tag)")
        }
        return entry
    }
}
