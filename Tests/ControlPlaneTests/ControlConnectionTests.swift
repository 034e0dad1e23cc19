import Glibc
import LinuxSystem
import Testing

@testable import ControlPlane

@Suite struct ControlConnectionTests {
    /// A client that reads slower than it asks never lets the output run empty; what it has read must go all the same.
    @Test func forgetsWhatASlowClientHasRead() throws {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK, 0, &ends) == 0)
        let client = FileDescriptor(owning: ends[1])
        let connection = ControlConnection(
            number: 1, user: 0, owning: FileDescriptor(owning: ends[0]), limits: ControlLimits())
        var buffer = [UInt8](repeating: 0, count: 32 * 1024)
        var read = 0
        connection.reply([UInt8](repeating: 0x20, count: 1 << 20))
        for _ in 0..<1000 {
            connection.send()
            try #require(!connection.output.isEmpty, "the client reads faster than this test wants")
            let count = try client.receive(into: &buffer)
            read += count
            connection.reply([UInt8](repeating: 0x20, count: count))
        }
        #expect(read > 16 << 20)
        #expect(connection.output.count < 4 << 20)
    }
}
