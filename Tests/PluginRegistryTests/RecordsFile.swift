import CPin
import Glibc
import PluginRegistry

/// The records' file, read as somebody outside the process reads it.
struct RecordsFile {
    let descriptor: Int32

    /// A new file on tmpfs; `unnamed`: that has no name any more.
    init(at path: String, unnamed: Bool = false) {
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "open \(path): \(errno)")
        if unnamed { unlink(path) }
    }

    /// Starts the pins of this process in a new file.
    static func start(capacity: UInt32 = 64, sequential: Bool = false) throws -> RecordsFile {
        let file = RecordsFile(at: "/dev/shm/switchboard-pins-\(getpid())", unnamed: true)
        let isFirst = try Pins.start(recordsIn: file.descriptor, capacity: capacity, sequential: sequential)
        precondition(isFirst)
        return file
    }

    /// What an earlier process left.
    init(reading path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        precondition(descriptor >= 0, "open \(path): \(errno)")
    }

    var header: cpin_header { value(at: 0, cpin_header()) }

    func record(_ index: Int) -> cpin_record {
        value(at: Int(CPIN_RECORD_SIZE) * (index + 1), cpin_record())
    }

    /// All cells that announce something, of all records that were ever in use, record by record.
    var busyCells: [UInt] {
        (0..<Int(header.used)).flatMap { index in
            withUnsafeBytes(of: record(index).cell) { $0.bindMemory(to: UInt.self).filter { $0 != 0 } }
        }
    }

    /// How many records belong to a thread.
    var owned: Int { (1..<Int(header.used)).count { record($0).owned != 0 } }

    private func value<T>(at offset: Int, _ zero: T) -> T {
        var value = zero
        let count = withUnsafeMutableBytes(of: &value) { pread(descriptor, $0.baseAddress, $0.count, offset) }
        precondition(count == MemoryLayout<T>.size, "pread: \(count)")
        return value
    }
}
