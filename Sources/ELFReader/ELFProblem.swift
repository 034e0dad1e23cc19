/// Something in the file that contradicts the format or leaves its bounds.
package struct ELFProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The table or field, `DT_STRTAB` or `segment 3` for one.
    package var place: String
    /// A clause with the numbers: "ends at byte 70000, the file has 4096".
    package var detail: String
    package var description: String { "\(place) \(detail)" }

    package init(place: String, detail: String) {
        self.place = place
        self.detail = detail
    }
}
