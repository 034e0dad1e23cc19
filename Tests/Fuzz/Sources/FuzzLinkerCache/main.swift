import FuzzSupport

@testable import ELFReader

/// The dynamic linker's cache: any bytes give a bounded cache or none, and names lead to absolute paths.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLinkerCache(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    guard let cache = LinkerCache(parsing: bytes.bytes) else { return 0 }
    law("entries fit the file", cache.count * 24 <= count, "\(cache.count) in \(count)")
    for name in ["libz.so.1", "libseed.so.1", ""] {
        for capabilities in [[], ["x86-64-v3", "x86-64-v2"]] {
            let path = cache.path(of: name, flags: LinkerCache.defaultFlags(machine: 62), capabilities: capabilities)
            law("a path is absolute", path?.utf8.first.map { $0 == UInt8(ascii: "/") } ?? true, path ?? "")
        }
    }
    return 0
}
