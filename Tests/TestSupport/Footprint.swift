import Glibc
import PluginLoading

/// What this process holds of the system: counted before and after, in a process of its own.
package struct Footprint {
    /// What each open descriptor leads to, sorted; timers left out, of which Dispatch keeps one per clock once it had any.
    package let descriptors: [String]
    /// Mappings of files, by path.
    package let mappedFiles: [String]
    /// All mappings.
    package let mappings: Int
    /// Threads.
    package let threads: Int
    /// Objects that the dynamic linker knows.
    package let objects: Int
    /// Files in the folders of hosts, the locks not counted.
    package let copies: [String]

    /// What it holds at this moment.
    ///
    /// - Parameter folder: where the hosts of the test have their folders for private copies.
    package static func now(copiesUnder folder: String) -> Footprint {
        let maps = lines(of: "/proc/self/maps")
        return Footprint(
            descriptors: names(in: "/proc/self/fd").compactMap { destination(of: "/proc/self/fd/\($0)") }
                .filter { $0 != "anon_inode:[timerfd]" }.sorted(),
            mappedFiles: maps.compactMap { $0.split(separator: "/", maxSplits: 1).dropFirst().first.map(String.init) }
                .sorted(),
            mappings: maps.count,
            threads: names(in: "/proc/self/task").count,
            objects: LoadedObjects.all().count,
            copies: names(in: "\(folder)/staging").flatMap { names(in: "\(folder)/staging/\($0)") }.filter {
                $0 != "lock"
            })
    }

    /// What there is more of than before, a clause each.
    ///
    /// Some anonymous mappings are the allocator's and some threads the runtime's pool's: a few of either come and go.
    package func excess(over before: Footprint) -> [String] {
        var findings: [String] = []
        if descriptors.count > before.descriptors.count {
            findings.append("descriptors: \(before.descriptors), now \(descriptors)")
        }
        if mappedFiles.count > before.mappedFiles.count {
            findings.append("mapped files: \(before.mappedFiles.count), now \(mappedFiles.count)")
        }
        if mappings > before.mappings + 64 { findings.append("mappings: \(before.mappings), now \(mappings)") }
        if threads > before.threads + 6 { findings.append("threads: \(before.threads), now \(threads)") }
        if objects > before.objects { findings.append("objects: \(before.objects), now \(objects)") }
        if copies.count > before.copies.count { findings.append("copies: \(copies)") }
        return findings
    }

    /// Resident memory (proc(5), /proc/pid/statm, which counts pages).
    package static func residentKiB() -> Int {
        guard let file = fopen("/proc/self/statm", "re") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        fgets(&line, 127, file)
        let words = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
        return words.count < 2 ? 0 : (Int(words[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) / 1024
    }

    private static func lines(of path: String) -> [Substring] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var text: [UInt8] = [], chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { break }
            text += chunk[..<count]
        }
        return String(decoding: text, as: UTF8.self).split(separator: "\n")
    }

    private static func destination(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4097)
        let count = readlink(link, &buffer, 4096)
        return count < 0 ? nil : String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
