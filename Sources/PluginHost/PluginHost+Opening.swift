import Compatibility
import ELFReader
import LinuxSystem
import PluginLoading

extension PluginHost {
    /// What came of opening a file.
    enum Opened: Sendable {
        /// The very image serves already as this generation; nothing was mapped.
        case already(Int, GateReport)
        /// A new image, mapped, not started; and the line that admitted it.
        case fresh(LoadedImage, SemanticVersion, GateReport, AuditEntry)
    }

    /// How far an opening has come on the loader thread.
    private enum Progress: Sendable {
        case opened(Opened)
        /// The gates let the image pass; it must come through a rehearsal before it is opened.
        case unrehearsed(StagedImage, Candidate, GateReport, AuditEntry)
    }

    /// Stages, judges, approves and opens a file, on the loader thread.
    ///
    /// Where the configuration requires a rehearsal, it comes between: the gates, the rehearsal of the staged copy, during
    /// which other files are opened, and the gates again, since what is loaded may have changed meanwhile.
    ///
    /// - Parameters:
    ///   - name: what the manifest must say; `nil` takes any.
    ///   - peer: who asked at the control socket, for the audit log.
    ///   - companions: what is opened in the same transaction, and counts as loaded where others require it.
    ///   - options: of the swap that it is opened for.
    func open(
        _ path: String, for purpose: Candidate.Purpose, named name: String? = nil, requestedBy peer: UInt32? = nil,
        beside companions: [HostFacts.LoadedPlugin] = [], _ options: SwapOptions = .init()
    ) async throws(PluginHostError) -> Opened {
        let action: AuditEntry.Action = purpose == .load ? .load : options.isDryRun ? .dryRun : .swap
        let entry = AuditEntry(action: action, path: path, peer: peer)
        var progress = try await onLoader(path, entry) { [self] entry throws(PluginHostError) in
            let staged = try stage(path, for: purpose, named: name, &entry)
            return try judgeAndOpen(staged, path, for: purpose, named: name, beside: companions, &entry)
        }
        while true {
            switch progress {
            case .opened(let opened): return opened
            case .unrehearsed(let staged, let candidate, let report, let entry):
                let findings: [Finding]
                do throws(PluginHostError) {
                    findings = try await rehearse(staged, candidate, report, for: purpose, options)
                } catch {
                    throw audited(error, entry)
                }
                progress = try await onLoader(path, entry) { [self] entry throws(PluginHostError) in
                    try judgeAndOpen(
                        staged, path, for: purpose, named: name, beside: companions, rehearsed: findings, &entry)
                }
            }
        }
    }

    /// Runs a part of an opening on the loader thread, within the limit for openings.
    private func onLoader(
        _ path: String, _ entry: AuditEntry,
        _ body: @escaping @Sendable (inout AuditEntry) throws(PluginHostError) -> Progress
    ) async throws(PluginHostError) -> Progress {
        let tooLate = PluginHostError.timedOut(
            plugin: path, step: "open",
            detail: "not done within \(configuration.openLimit): a constructor of this or an earlier image hangs, "
                + "or the file system does")
        do throws(PluginHostError) { try refuseOverBudget() } catch { throw audited(error, entry) }
        let deadline = ContinuousClock.now + configuration.openLimit
        let result = await loader.run(
            within: configuration.openLimit,
            late: { (late: Result<Progress, PluginHostError>) in
                if case .success(.opened(.fresh(let image, _, _, _))) = late { _ = image.close() }
            }
        ) { [self] in
            Result { () throws(PluginHostError) in
                // Nobody waits any more for what stood behind an image that hung: its constructors need not run.
                guard ContinuousClock.now < deadline else { throw tooLate }
                var entry = entry
                do throws(PluginHostError) { return try body(&entry) } catch { throw audited(error, entry) }
            }
        }
        guard let result else { throw audited(tooLate, entry) }
        return try result.get()
    }

    /// - Parameter findings: of the rehearsal of this very copy; `nil` where there was none yet.
    private func judgeAndOpen(
        _ staged: StagedImage, _ path: String, for purpose: Candidate.Purpose, named name: String?,
        beside companions: [HostFacts.LoadedPlugin], rehearsed findings: [Finding]? = nil, _ entry: inout AuditEntry
    ) throws(PluginHostError) -> Progress {
        var candidate: Candidate
        do throws(SystemError) {
            candidate = try Candidate(
                reading: staged, for: purpose, verifying: verifier,
                isRehearsed: configuration.rehearsal.mode == .require)
            try identify(&candidate, staged)
            if audit != nil { try note(staged, in: &entry) }
        } catch {
            throw .system("\(error)")
        }
        if let name, case .found(let manifest) = candidate.manifest, manifest.name != name {
            throw .invalidRequest("\(path) is the plugin \(manifest.name), not \(name): name it as its manifest does")
        }
        var facts = factsNow()
        facts.loaded += companions
        facts.bound = bound(ahead: candidate, for: purpose, beside: Set(companions.map(\.name)), staged.snapshot)
        let report = GateReport.judge(candidate, host: facts.completed(for: candidate), policy: configuration.policy)
            .adding(findings ?? [], policy: configuration.policy)
        entry.note(report)
        let approval: LoadApproval
        do throws(GateRefusal) { approval = try report.approve() } catch { throw .refused(error.report) }
        let version = approval.version
        if let number = serving(approval.manifest.name, version, approval.image, for: purpose) {
            try append(&entry, .unchanged)
            return .opened(.already(number, report))
        }
        // Before anything of it runs, here or in a rehearsal: what cannot be remembered does not happen.
        if findings == nil, configuration.rehearsal.mode == .require {
            try append(&entry, .rehearsed)
            return .unrehearsed(staged, candidate, report, entry)
        }
        try append(&entry, .admitted)
        do throws(LoadingError) {
            let image = try LoadedImage(opening: staged, approval, lifecycle: candidate.lifecycleFunctions)
            return .opened(.fresh(image, version, report, entry))
        } catch {
            entry.codes = [error.code]
            throw PluginHostError(error, opening: path)
        }
    }

    /// A private copy, in the form that the policy asks for; a report where there must be none.
    private func stage(
        _ path: String, for purpose: Candidate.Purpose, named name: String?, _ entry: inout AuditEntry
    ) throws(PluginHostError) -> StagedImage {
        do throws(LoadingError) {
            return switch configuration.signatures.mode {
            case .off: try StagedImage(copying: path, into: staging)
            case .warn, .require: try StagedImage(sealing: path, named: name, verifying: verifier)
            }
        } catch {
            if case .unread(let file) = error {
                throw .refused(
                    GateReport.judge(
                        Candidate(unread: file, for: purpose, verifying: verifier), host: factsNow(),
                        policy: configuration.policy))
            }
            entry.codes = [error.code]
            throw PluginHostError(error, opening: path)
        }
    }

    private var verifier: SignatureVerifier {
        SignatureVerifier(configuration.signatures, libraries: configuration.signatureLibraries)
    }

    /// The generation that runs this very image, if there is nothing left to do: any for a load, the current one for a
    /// swap.
    func serving(
        _ plugin: String, _ version: SemanticVersion, _ image: ImageID, for purpose: Candidate.Purpose
    ) -> Int? {
        state.withLock { state in
            state.catalog.generations(of: plugin).first {
                $0.version == version && $0.image == image && (purpose == .load || $0.isCurrent)
            }?.number
        }
    }
}
