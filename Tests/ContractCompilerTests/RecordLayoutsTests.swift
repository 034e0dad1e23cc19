import Testing

@testable import ContractCompiler

/// clang's words, as they were printed.
struct RecordLayoutsTests {
    private static let c = RecordLayouts(
        Array(
            """

            *** Dumping AST Record Layout
                     0 | struct (unnamed at a (1).h:7:18)
                     0 |   int q
                     4 |   union (anonymous at a (1).h:7:34) 
                     4 |     int z
                     4 |     float w
                       | [sizeof=8, align=4]

            *** Dumping AST Record Layout
                     0 | struct node
                     0 |   struct node * next
                8:0-2 |   unsigned int a
                  12:- |   unsigned int 
              12:31-33 |   unsigned long b
                    24 |   int[] flex
                       | [sizeof=24, align=8]

            """.utf8))

    @Test func readsMembersThemselvesOnly() {
        #expect(
            Self.c["a (1).h:7:18"]
                == .init(size: 8, alignment: 4, fields: [.init(offset: 0), .init(offset: 32)]))
    }

    @Test func readsBitFields() {
        #expect(
            Self.c["struct node"]
                == .init(
                    size: 24, alignment: 8,
                    fields: [
                        .init(offset: 0), .init(offset: 64, width: 3), .init(offset: 96, width: 0),
                        .init(offset: 127, width: 3), .init(offset: 192),
                    ]))
    }

    @Test func readsWhatCPlusPlusSaysBesides() {
        let layouts = RecordLayouts(
            Array(
                """
                *** Dumping AST Record Layout
                         0 | struct ns::inner
                         0 |   int a
                           | [sizeof=4, dsize=4, align=4,
                           |  nvsize=4, nvalign=4]

                *** Dumping AST Record Layout
                         0 | struct nothing (empty)
                           | [sizeof=1, dsize=1, align=1,
                           |  nvsize=1, nvalign=1]
                """.utf8))
        #expect(layouts["struct ns::inner"] == .init(size: 4, alignment: 4, fields: [.init(offset: 0)]))
        #expect(layouts["struct nothing"] == .init(size: 1, alignment: 1, fields: []))
        #expect(layouts["struct other"] == nil)
    }
}
