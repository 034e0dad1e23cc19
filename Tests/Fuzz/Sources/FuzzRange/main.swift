import FuzzSupport

@testable import Compatibility

/// Version range and semantic version: lines of text, the last a range, the others versions to try it on.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRange(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    var lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 8, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    let text = lines.popLast() ?? ""
    let versions = lines.compactMap(version)
    for left in versions {
        for right in versions {
            let relations = [left < right, left == right, right < left]
            law("one of <, ==, > holds", relations.count { $0 } == 1, "\(left) \(right)")
            if left == right { law("equal versions hash alike", left.hashValue == right.hashValue) }
        }
    }
    guard let range = range(text) else { return 0 }
    let widened = try? VersionRange(text + " || 1.2.3")  // may be too long
    for version in versions + [range.lowest].compactMap(\.self) {
        let isAdmitted = range.contains(version)
        if isAdmitted, let lowest = range.lowest {
            law("nothing lower than the lowest is admitted", !(version < lowest), "\(text): \(version), \(lowest)")
        }
        law("what admits something has a lowest", !isAdmitted || range.lowest != nil, text)
        if isAdmitted, let widened { law("an alternative more admits no less", widened.contains(version), text) }
    }
    if let lowest = range.lowest { law("the lowest is admitted", range.contains(lowest), "\(text): \(lowest)") }
    if range.staysWithinOneLine {
        let lines = Set(versions.filter(range.contains).map(\.line))
        law("a range of one line admits versions of one", lines.count <= 1, "\(text): \(lines)")
    }
    return 0
}

/// Reads a version and its own text again.
private func version(_ text: String) -> SemanticVersion? {
    do throws(SemanticVersionError) {
        let version = try SemanticVersion(text)
        law("a version is written as it was read", version.description == text, text)
        return version
    } catch {
        law("an error is safe to show", isPrintable(error.description))
        law("an error lies in the text", error.position <= text.utf8.count)
        return nil
    }
}

/// Reads a range and its own text again.
private func range(_ text: String) -> VersionRange? {
    do throws(VersionRangeError) {
        let range = try VersionRange(text)
        let again = try VersionRange(range.description)
        law("a range reads back from its text", again == range && again.lowest == range.lowest, text)
        return range
    } catch {
        law("an error is safe to show", isPrintable(error.description))
        law("an error lies in the text", error.position <= text.utf8.count)
        return nil
    }
}
