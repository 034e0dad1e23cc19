import CPluginABI
import PluginRegistry

/// An export of another plugin, as the host binds it for a plugin that requires it.
@safe enum ImportedExport: Sendable {
    /// A C function of whatever type its contract says; the importer casts it.
    case function(Binding<@convention(c) () -> Void>)
    /// A message export, and how long its reply may be, in bytes.
    case message(Binding<MessageFunction>, replyLimit: Int)
}

/// Why the host does not bind an import.
enum ImportRefusal: Error, Sendable {
    /// The importer's manifest has no `requires` line of that name.
    case notRequired
    /// No version in the required range serves.
    case nothingServes
    /// What serves has no such export.
    case noSuchExport
    /// The importer is being stopped, or its host shut down.
    case wrongPhase

    /// As switchboard.h numbers it.
    var code: Int32 {
        switch self {
        case .notRequired: Int32(SWB_IMPORT_NOT_REQUIRED)
        case .nothingServes: Int32(SWB_IMPORT_NOTHING_SERVES)
        case .noSuchExport: Int32(SWB_IMPORT_NO_SUCH_EXPORT)
        case .wrongPhase: Int32(SWB_IMPORT_WRONG_PHASE)
        }
    }
}
