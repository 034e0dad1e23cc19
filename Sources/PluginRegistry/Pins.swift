internal import CPin
internal import Glibc

/// The pins of this process: one mapping with a record per thread, one way of protection, until the process ends.
package enum Pins {
    /// Starts them.
    ///
    /// The first call decides for the life of the process; later ones change nothing.
    ///
    /// - Parameters:
    ///   - file: a file on tmpfs that is to hold the records, so that they outlive the process (`cpin_records.h`). It is
    ///     emptied and extended sparsely; the descriptor is borrowed and may be closed afterwards. `nil`: plain memory.
    ///   - capacity: how many threads can be inside calls or have made one and live on.
    ///   - sequential: do without membarrier(2), as on a kernel that has none.
    /// - Returns: whether this call was the one that decided.
    /// - Throws: `PinsError.cannotStart` where the records could not be mapped.
    @discardableResult
    package static func start(
        recordsIn file: Int32? = nil, capacity: UInt32 = CPIN_DEFAULT_CAPACITY, sequential: Bool = false
    ) throws(PinsError) -> Bool {
        let error = cpin_start(cpin_options(file: file ?? -1, capacity: capacity, sequential: sequential))
        guard error == 0 || error == EALREADY else { throw .cannotStart(errno: error) }
        return error == 0
    }

    /// How calls are protected now; `nil` before the start.
    package static var protection: Protection? {
        switch cpin_current_mode() {
        case CPIN_ASYMMETRIC: .asymmetric
        case CPIN_SEQUENTIAL: .sequential
        case CPIN_DEGRADED: .degraded
        default: nil
        }
    }

    /// Whether this is a fork(2)ed child of a process that had started its pins: its calls go on, but it must not swap.
    package static var isForkedChild: Bool { cpin_forked() }
}

/// How calls are protected against the unloading of what they run in.
package enum Protection: String, Sendable, Codable {
    /// Plain stores in the caller; membarrier(2), once per batch, in whoever unloads.
    case asymmetric
    /// Sequentially consistent stores in the caller, about twice as slow: there was no membarrier(2) at the start.
    case sequential
    /// membarrier(2) failed after the start: calls go on, nothing is unloaded any more until the process ends.
    case degraded
}

/// Why calls cannot be protected in this process.
package enum PinsError: Error, Equatable, CustomStringConvertible {
    /// The threads' records could not be mapped.
    case cannotStart(errno: Int32)
    /// The thread that drains could not be started.
    case noReclaimerThread(errno: Int32)

    package var description: String {
        switch self {
        case .cannotStart(let errno):
            "the threads' call records could not be mapped: \(reason(errno)); free memory (or space on tmpfs) and retry"
        case .noReclaimerThread(let errno):
            "the thread that waits for calls to end could not be started: \(reason(errno)); raise the thread limit"
        }
    }

    private func reason(_ errno: Int32) -> String {
        // SAFETY: strerror(3) returns a static or thread-local C string that is valid until the next call; it is copied.
        unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
    }
}
