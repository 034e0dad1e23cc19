/// How many memory mappings this process has, and may have.
package enum ProcessMappings {
    /// The lines of /proc/self/maps; 0 where it cannot be read.
    package static func count() -> Int {
        let lines = try? ProcFile.read("/proc/self/maps", limit: MemoryMap.sizeLimit)  // a figure for people: 0 tells
        return lines?.count { $0 == UInt8(ascii: "\n") } ?? 0
    }

    /// vm.max_map_count (proc(5)); 65,530, the kernel's default, where it cannot be read.
    package static func limit() -> Int {
        let text = try? ProcFile.read("/proc/sys/vm/max_map_count", limit: 64)  // as said above
        return text.flatMap { Int(String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)) } ?? 65_530
    }
}
