/// States what must hold whatever the bytes are.
///
/// A law that does not hold ends the process, which libFuzzer reports as a crash and keeps the input of.
public func law(_ name: StaticString, _ holds: Bool, _ detail: @autoclosure () -> String = "") {
    guard holds else { fatalError("law broken: \(name) \(detail())") }
}

/// Whether a text may reach a terminal: one line, without control characters.
public func isPrintable(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) && $0 != "\u{2028}" }
}
