/// The mappings of this process at one moment (proc(5), /proc/pid/maps).
package struct MemoryMap: Sendable {
    /// In ascending order, as the kernel lists them.
    private let mappings: [Range<UInt>]

    /// Of the file, in bytes: at 65,530 mappings, the kernel's usual limit, of 100 bytes each it has 6 MiB.
    static let sizeLimit = 64 << 20

    /// Reads them now.
    ///
    /// Not atomic: what is mapped or unmapped during the reading may or may not be there.
    package init() throws(SystemError) {
        self.init(parsing: try ProcFile.read("/proc/self/maps", limit: Self.sizeLimit))
    }

    /// Reads lines that begin with "START-END ", both hexadecimal; others are skipped.
    init(parsing text: [UInt8]) {
        mappings = text.split(separator: UInt8(ascii: "\n")).compactMap { line in
            var rest = line[...]
            guard let start = Self.hexadecimal(&rest, until: UInt8(ascii: "-")),
                let end = Self.hexadecimal(&rest, until: UInt8(ascii: " ")), start < end
            else { return nil }
            return start..<end
        }
    }

    /// The mapping that an address lies in.
    package func mapping(of address: UInt) -> Range<UInt>? {
        var (low, high) = (0, mappings.count)
        while low < high {
            let middle = (low + high) / 2
            if mappings[middle].upperBound <= address { low = middle + 1 } else { high = middle }
        }
        return low < mappings.count && mappings[low].contains(address) ? mappings[low] : nil
    }

    /// Takes a number and the byte behind it off the front; `nil` for what is no number, or too large a one.
    private static func hexadecimal(_ text: inout ArraySlice<UInt8>, until end: UInt8) -> UInt? {
        guard let stop = text.firstIndex(of: end) else { return nil }
        defer { text = text[(stop + 1)...] }
        return UInt(String(decoding: text[..<stop], as: UTF8.self), radix: 16)
    }
}
