/// Rows in columns as wide as their widest cell.
struct Table {
    /// One cell: its text, and how it is to be painted.
    struct Cell: ExpressibleByStringInterpolation {
        var text: String
        var colour: Terminal.Colour?

        init(_ text: String, _ colour: Terminal.Colour? = nil) {
            self.text = text
            self.colour = colour
        }

        init(stringLiteral text: String) {
            self.init(text)
        }
    }

    private var rows: [[Cell]]

    init(_ head: [String]) {
        rows = [head.map { Cell($0) }]
    }

    mutating func add(_ row: [Cell]) {
        rows.append(row)
    }

    /// The lines, each indented by `indent` blanks.
    func text(on terminal: Terminal, indent: Int = 0) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].text.count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = String(repeating: " ", count: indent)
            for (column, cell) in row.enumerated() {
                let isLast = row[(column + 1)...].allSatisfy(\.text.isEmpty)
                let padding = isLast ? "" : String(repeating: " ", count: widths[column] - cell.text.count + 2)
                line += (cell.colour.map { terminal.paint(cell.text, $0) } ?? cell.text) + padding
                if isLast { break }
            }
            return line + "\n"
        }.joined()
    }
}
