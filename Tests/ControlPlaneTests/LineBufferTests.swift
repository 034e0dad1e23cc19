import Testing

@testable import ControlPlane

@Suite struct LineBufferTests {
    @Test(arguments: 1...12)
    func givesTheSameLinesHoweverTheBytesArrive(chunk: Int) {
        let bytes = Array("one\ntwo\n\nfour\n".utf8)
        var buffer = LineBuffer(limit: 8)
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            buffer.append(bytes[start..<min(start + chunk, bytes.count)])
            while let line = buffer.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        }
        #expect(lines == ["one", "two", "", "four"])
        #expect(buffer.isEmpty && !buffer.isOverlong)
    }

    @Test func keepsAHalfLine() {
        var buffer = LineBuffer(limit: 8)
        buffer.append(Array("one\ntw".utf8)[...])
        #expect(buffer.next() == Array("one".utf8))
        #expect(buffer.next() == nil)
        #expect(!buffer.isEmpty)
        buffer.append(Array("o\n".utf8)[...])
        #expect(buffer.next() == Array("two".utf8))
    }

    @Test(arguments: [("12345678\n", false), ("123456789\n", true), ("12345678", false), ("123456789", true)])
    func takesLinesUpToTheLimit(text: String, isOverlong: Bool) {
        var buffer = LineBuffer(limit: 8)
        buffer.append(Array(text.utf8)[...])
        let line = buffer.next()
        #expect((line != nil) == (text.hasSuffix("\n") && !isOverlong))
        #expect(buffer.isOverlong == isOverlong)
    }

    @Test func showsAnOverlongLineBehindAGoodOne() {
        var buffer = LineBuffer(limit: 8)
        buffer.append(Array("good\n123456789\n".utf8)[...])
        #expect(buffer.next() == Array("good".utf8))
        #expect(buffer.next() == nil)
        #expect(buffer.isOverlong)
    }
}
