import Compatibility
import PluginLoading
import PluginRegistry

extension Generation {
    struct StepFailure: Error { let clause: String; let isTimeout: Bool }
    func health(within: Duration) async throws(StepFailure) {}
    func save(within: Duration, limitBytes: Int) async throws(StepFailure) -> [UInt8] { [] }
    func restore(schema: UInt32, state: [UInt8], within: Duration) async throws(StepFailure) {}
    convenience init(
        number: Int, version: SemanticVersion, image: LoadedImage, log: @escaping @Sendable (PluginLogLine) -> Void,
        imports: @escaping @Sendable (String, String) -> Result<ImportedExport, ImportRefusal>
    ) { self.init(number: number, version: version, image: image, log: log) }
}
struct ImportedExport { let binding: Binding<@convention(c) () -> Void>; let message: MessageExport? }
enum ImportRefusal: Error { case closed, notRequired, notServed, noSuchExport }
extension HostTable { func raiseCancellation() {}; var tally: CallTally { CallTally() } }
extension LoadedImage { var mappings: Int { 5 } }
