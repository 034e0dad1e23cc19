/// A text from outside made safe to show: one line, no control characters, bounded.
///
/// Names and texts of a plugin reach terminals and logs. Control characters (ESC above all), line and paragraph
/// separators, and characters that reorder or hide what follows are written as `\u{1b}`; what is longer than `limit`
/// scalars ends in "…". The result is for people: it is not an encoding to be read back.
package func printable(_ text: String, limit: Int = 2048) -> String {
    // Nearly all texts are short and plain, and every text of every finding comes through here.
    if text.utf8.count <= limit && text.utf8.allSatisfy({ 0x20...0x7e ~= $0 }) { return text }
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
        if count == limit { return result + "…" }
        count += 1
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            result += "\\u{" + String(scalar.value, radix: 16) + "}"
        default:
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}
