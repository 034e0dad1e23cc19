package import Compatibility
import PluginLoading

extension HostFacts {
    /// The same facts of this process with the Swift code that it has loaded now.
    package var withSwift: HostFacts {
        var facts = self
        facts.swift = ProcessSwift.shared.loaded()
        return facts
    }

    /// The facts of this process that matter for a candidate: nobody else pays for a look at the Swift code.
    package func completed(for candidate: Candidate) -> HostFacts {
        swift == nil && candidate.sharesSwift ? withSwift : self
    }
}
