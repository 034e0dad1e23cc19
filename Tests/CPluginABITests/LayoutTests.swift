import CPluginABI
import Testing

/// The layouts as a Swift process sees them: a plugin in C and a host in Swift must mean the same bytes.
struct LayoutTests {
    @Test func structsHaveTheirFrozenSizes() {
        #expect(MemoryLayout<swb_host_v1>.size == 16)
        #expect(MemoryLayout<swb_log_v1>.size == 16)
        #expect(MemoryLayout<swb_threads_v1>.size == 32)
        #expect(MemoryLayout<swb_imports_v1>.size == 40)
        #expect(MemoryLayout<swb_pin_v1>.size == 32)
        #expect(MemoryLayout<swb_call_v1>.size == 88)
        #expect(MemoryLayout<swb_call_v1>.alignment == 8)
    }

    @Test func fieldsHaveTheirFrozenOffsets() {
        #expect(MemoryLayout<swb_host_v1>.offset(of: \.service) == 8)
        #expect(MemoryLayout<swb_log_v1>.offset(of: \.write) == 8)
        #expect(MemoryLayout<swb_threads_v1>.offset(of: \.run) == 8)
        #expect(MemoryLayout<swb_threads_v1>.offset(of: \.stopping) == 16)
        #expect(MemoryLayout<swb_threads_v1>.offset(of: \.wait) == 24)
        #expect(MemoryLayout<swb_imports_v1>.offset(of: \.bind) == 8)
        #expect(MemoryLayout<swb_imports_v1>.offset(of: \.enter) == 16)
        #expect(MemoryLayout<swb_imports_v1>.offset(of: \.leave) == 24)
        #expect(MemoryLayout<swb_imports_v1>.offset(of: \.send) == 32)
        #expect(MemoryLayout<swb_call_v1>.offset(of: \.host) == 0)
        #expect(MemoryLayout<swb_call_v1>.offset(of: \.write) == 8)
        #expect(MemoryLayout<swb_call_v1>.offset(of: \.cancelled) == 16)
        #expect(MemoryLayout<swb_call_v1>.offset(of: \.deadline_ns) == 24)
        #expect(MemoryLayout<swb_call_v1>.offset(of: \.traceparent) == 32)
    }
}
