import CLinuxShims
package import Compatibility
import ELFReader
import Synchronization

/// The Swift code in this process, as the runtime has it: read from memory, each image once.
///
/// Images with Swift metadata are never unmapped by a host, so what was read stays true. Any thread; one for the process.
package final class ProcessSwift: Sendable {
    /// The process has one Swift runtime that plugins can share.
    package static let shared = ProcessSwift()

    private let memory = Mutex(Memory())

    private struct Memory {
        /// How many images had registered when it was looked last.
        var count = 0
        var loaded: LoadedSwift?
        /// Plugins by the paths that the dynamic linker knows them under.
        var owners: [String: LoadedSwift.Owner] = [:]

        mutating func add(_ image: clinux_swift_image) {
            guard let facts = unsafe SwiftFacts(reading: image) else { return }
            let path = unsafe String(cString: image.name)
            let owner = owners[path] ?? .init(name: path.isEmpty ? "the host's program" : path)
            loaded?.add(facts, of: owner)
        }
    }

    /// Gives a plugin's image its name before it is opened.
    package func name(_ path: String, _ owner: LoadedSwift.Owner) {
        memory.withLock { $0.owners[path] = owner }
    }

    /// What is loaded now; `nil` where no runtime is loaded that can be asked.
    ///
    /// Cost: the first time that of all Swift libraries' metadata, afterwards that of the images which came since.
    package func loaded() -> LoadedSwift? {
        memory.withLock { memory in
            if memory.loaded == nil {
                memory.loaded = LoadedSwift(runtimeVersion: Self.runtimeVersion, runtimeCompiler: Self.runtimeCompiler)
            }
            // SAFETY: the memory outlives the call, which visits on this thread only; texts are copied.
            let count = unsafe withUnsafeMutablePointer(to: &memory) { pointer in
                unsafe clinux_visit_swift_images(pointer.pointee.count, pointer) { context, image in
                    guard let context = unsafe context else { return }
                    unsafe context.assumingMemoryBound(to: Memory.self).pointee.add(image.pointee)
                }
            }
            guard count >= 0 else { return nil }
            memory.count = count
            return memory.loaded
        }
    }

    /// Of the runtime that is loaded, whichever compiled this: the function lies in libswiftCore.
    private static var runtimeVersion: String { "\(_SwiftStdlibVersion.current)" }

    /// From the file of the runtime, where that is still the one which is mapped.
    private static var runtimeCompiler: String? {
        let prefix = "clang version "
        guard let library = ProcessLinker.shared.loaded(as: "libswiftCore.so"), let identity = library.identity,
            case .success(let image) = ProcessLinker.shared.image(at: library.path, identity),
            !library.buildID.isEmpty, image.buildID == library.buildID,
            case .known(let comments, _) = image.sections
        else { return nil }
        return comments.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}

extension SwiftFacts {
    /// Reads a loaded image's metadata; `nil` where its segments make no sense.
    @unsafe fileprivate init?(reading image: clinux_swift_image) {
        let parts = unsafe withUnsafeBytes(of: image.segments) { bytes in
            unsafe Array(bytes.bindMemory(to: clinux_swift_segment.self).prefix(image.segment_count))
        }.filter { $0.size > 0 }
        guard let start = parts.map(\.address).min(), let end = parts.map({ $0.address + UInt($0.size) }).max(),
            let memory = unsafe UnsafeRawPointer(bitPattern: start)
        else { return nil }
        let page: UInt64 = 4096
        // Counted from the start of its page, where the mapping begins.
        let base = UInt64(start) / page * page
        let segments = parts.map { part in
            let offset = UInt64(part.address) - base
            return ELFSegment(
                type: 1, flags: part.flags, offset: offset, address: UInt64(part.address),
                fileSize: UInt64(part.size), memorySize: UInt64(part.size), alignment: page)
        }
        func range(_ start: UInt, _ size: Int) -> Range<UInt64> { UInt64(start)..<UInt64(start) + UInt64(size) }
        let first = unsafe memory - Int(UInt64(start) - base)
        // SAFETY: only bytes inside the segments are read, which are mapped from the image's file for as long as it is
        // loaded; between them may be holes.
        unsafe self.init(
            loaded: RawSpan(_unsafeStart: first, byteCount: Int(UInt64(end) - base)), segments: segments,
            types: range(image.types, image.types_size), structs: range(image.structs, image.structs_size))
    }
}
