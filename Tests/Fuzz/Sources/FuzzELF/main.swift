import FuzzSupport

@testable import Compatibility
@testable import ELFReader

/// ELF image: any bytes give an image or one error, bounded, and every gate has its say about it in bounded, safe text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzELF(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    let parsed: Result<ELFImage, NoImage>
    do throws(OtherFile) { parsed = .success(try ELFImage.parse(bytes.bytes)) } catch {
        parsed = .failure(.other(error))
    }
    if case .success(let image) = parsed { checkBounds(image, fileSize: count) }

    let image = try? parsed.get()  // the failure is kept in `parsed`
    let candidate = Candidate(
        path: "/plugins/fuzzed.so", identity: FileIdentity(device: 1, inode: 2, size: Int64(count)), permissions: 0o644,
        image: parsed, manifest: image.map { ManifestReading.read(from: $0.notes) } ?? .absent,
        id: ImageID(buildID: [1, 2, 3, 4, 5, 6, 7, 8]), purpose: .load)
    let report = GateReport.judge(candidate, host: host)
    checkReport(report)
    if case .success(let image) = parsed, !image.problems.isEmpty {
        law("a broken file is refused", !report.isAdmissible, "\(image.problems)")
    }
    if case .failure(let none) = parsed { law("an unreadable file is refused", !report.isAdmissible, "\(none)") }
    return 0
}

private func checkBounds(_ image: ELFImage, fileSize: Int) {
    law(
        "problems are bounded", image.problems.count <= ELFLimits.problems * ELFProblem.Part.allCases.count,
        "\(image.problems.count)")
    law("segments are bounded", image.segments.count <= ELFLimits.programHeaders)
    law("segments fit the file", image.segments.count * 56 <= fileSize)
    law("symbols fit the file", image.symbols.count * 24 <= fileSize, "\(image.symbols.count) in \(fileSize)")
    law("notes are bounded", image.notes.count <= ELFLimits.notes)
    law("notes fit their limit", image.notes.map(\.descriptor.count).reduce(0, +) <= ELFLimits.noteBytes)
    law("versions are bounded", image.versionNeeds.map(\.versions.count).reduce(0, +) <= ELFLimits.versions)
    law("needed libraries are bounded", (image.dynamic?.needed.count ?? 0) <= ELFLimits.dynamicEntries)
    law("a problem fits a line", image.problems.allSatisfy { $0.description.utf8.count < 4096 })
}

private func checkReport(_ report: GateReport) {
    law("every gate has its say", report.findings.count >= Gate.all.count)
    law("findings are bounded", report.findings.count < 8192, "\(report.findings.count)")
    for finding in report.findings {
        law("a finding is safe to show", isPrintable(finding.sentence + finding.plugin + finding.host), finding.code)
        law("a finding is bounded", finding.sentence.utf8.count < 65536, finding.code)
        if [.refused, .warning].contains(finding.verdict) {
            law("it says why and what to do", !finding.statement.isEmpty && !finding.remedy.isEmpty, finding.code)
        }
    }
    law("reasons are safe to show", report.unloadReasons.allSatisfy(isPrintable))
    law("reasons are bounded", report.unloadReasons.count <= 64)
}

private let host = HostFacts(
    machine: 62, glibcVersion: "2.36", swiftVersion: "6.3.1", clangVersion: "21.0.0", swiftRuntime: .dynamic,
    abi: ABIVersion(major: 0, minor: 1))
