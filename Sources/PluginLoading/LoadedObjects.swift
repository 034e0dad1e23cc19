import CLinuxShims

/// What the dynamic linker has loaded (dl_iterate_phdr(3)): the witness for novelty and for unloading.
package enum LoadedObjects {
    /// One object and the memory between its first and its last PT_LOAD byte.
    package struct Entry: Sendable, Equatable {
        /// As the dynamic linker knows it; the main program's is empty.
        package let name: String
        /// Addresses in this process.
        package let addresses: Range<UInt>
        /// How many PT_LOAD segments there are.
        package let segments: Int
    }

    /// How many objects were ever loaded.
    package static var addedCount: UInt64 { clinux_count_objects().added }

    /// Everything loaded now, in load order.
    package static func all() -> [Entry] {
        var entries: [Entry] = []
        // SAFETY: the array outlives the call, which visits on this thread only; names are copied.
        unsafe withUnsafeMutablePointer(to: &entries) { entries in
            unsafe clinux_visit_objects(entries) { context, name, start, end, segments in
                let entry = unsafe Entry(
                    name: String(cString: name), addresses: UInt(start)..<max(UInt(start), UInt(end)),
                    segments: segments)
                unsafe context?.assumingMemoryBound(to: [Entry].self).pointee.append(entry)
            }
        }
        return entries
    }

    /// The object of that very name.
    package static func named(_ name: String) -> Entry? {
        all().first { $0.name == name }
    }
}
