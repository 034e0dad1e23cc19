import Compatibility
import Contract
import Glibc
import LinuxSystem
import PluginLoading

/// Snapshots of contracts at hand: what spells a type that is otherwise known by its digest.
///
/// A type is looked up by the digest that is made of it, so no snapshot can pass off another type; and a snapshot decides
/// nothing: whoever writes one can only leave texts out.
struct ContractShelf: Sendable {
    private(set) var contracts: [Contract] = []

    /// The most snapshots of a folder, and their bytes together.
    private static let (countLimit, sizeLimit) = (256, 64 << 20)

    /// Reads the `*.contract` files of a folder; none where no folder is named.
    ///
    /// - Throws: `invalidRequest` with file and line at the first that is no snapshot.
    init(reading folder: String?) throws(PluginHostError) {
        guard let folder else { return }
        let names: [String]
        do throws(SystemError) { names = try PrivateFolder.names(in: folder) } catch {
            throw Self.refused("the folder of contracts \(folder) cannot be read: \(error)", "name one that can")
        }
        let files = names.filter { $0.hasSuffix(SnapshotReading.suffix) }.map { "\(folder)/\($0)" }
        guard files.count <= Self.countLimit else {
            throw Self.refused(
                "\(folder) holds \(files.count) contracts, the limit is \(Self.countLimit)",
                "keep those in it that this host is built against")
        }
        var size = 0
        for file in files {
            let snapshot = PluginSnapshot(SidecarReading.read(file, .contract))
            size += snapshot.size
            guard size <= Self.sizeLimit else {
                throw Self.refused(
                    "the contracts in \(folder) have more than \(Self.sizeLimit) bytes",
                    "keep those in it that this host is built against")
            }
            switch snapshot.contract {
            case .success(let contract?): contracts.append(contract)
            case .success(nil): continue  // removed since it was listed
            case .failure(let problem): throw Self.refused(problem.problem, problem.remedy)
            }
        }
    }

    private static func refused(_ problem: String, _ remedy: String) -> PluginHostError {
        .invalidRequest("the host cannot start: \(printable(problem)): \(printable(remedy))")
    }
}

/// The snapshot beside one plugin.
struct PluginSnapshot {
    /// `nil` where there is none.
    let contract: Result<Contract?, Problem>
    /// Where it lies, if it could be read.
    let path: String
    /// In bytes.
    let size: Int

    /// Why a file is no snapshot.
    struct Problem: Error {
        /// A clause that names the file, and the line where there is one.
        let problem: String
        /// An imperative.
        let remedy: String
    }

    init(_ reading: SidecarReading) {
        switch reading {
        case .absent:
            (contract, path, size) = (.success(nil), "", 0)
        case .unreadable(let path, let problem):
            contract = .failure(Problem(problem: problem, remedy: "put a readable snapshot there, or remove it"))
            (self.path, size) = (path, 0)
        case .read(let file, let bytes):
            contract = Self.read(bytes, file.path)
            (path, size) = (file.path, bytes.count)
        }
    }

    private static func read(_ bytes: [UInt8], _ path: String) -> Result<Contract?, Problem> {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return .failure(
                Problem(
                    problem: "\(path): the bytes are not UTF-8",
                    remedy: "make it anew with plugctl contract snapshot HEADER -o \(path)"))
        }
        do throws(LineError) { return .success(try Contract(snapshot: text)) } catch {
            return .failure(
                Problem(
                    problem: "\(path)\(error.line.map { ", line \($0)" } ?? ""): \(error.problem)",
                    remedy: error.remedy))
        }
    }

    /// What the gates see of it.
    var reading: SnapshotReading {
        switch contract {
        case .success(nil): .absent
        case .success(let contract?):
            .read(
                path: path,
                types: contract.exportTypes.compactMapValues { PluginManifest.ExportType($0) })
        case .failure(let problem): .unreadable(problem: problem.problem, remedy: problem.remedy)
        }
    }
}

extension Candidate {
    /// Takes in the snapshot that lies beside the file, where the manifest declares a type that it could spell.
    mutating func read(_ snapshot: SidecarReading) {
        guard case .found(let manifest) = manifest, manifest.declaresTypes else { return }
        self.snapshot = PluginSnapshot(snapshot).reading
    }
}

extension PluginManifest {
    /// Whether an export is declared with the digest of its type.
    var declaresTypes: Bool {
        exports.contains { if case .contract? = $0.type { true } else { false } }
    }
}
