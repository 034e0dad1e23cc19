import Testing

@testable import ContractCompiler

struct PreprocessedHeaderTests {
    @Test func tellsFilesAndMacros() {
        let header = PreprocessedHeader(
            Array(
                #"""
                # 1 "gree\"ter.h"
                # 1 "<built-in>" 1
                #define __x86_64__ 1
                # 2 "gree\"ter.h" 2
                #define MAX 16
                #define GUARD
                #define BLANK 
                #define CALL(x) x
                #define OPEN (
                #define EARLY )(
                #define BODY { 1 }
                #define TEXT "a"
                #define GONE 1
                #undef GONE
                # 1 "j\303\266rg/\\a.h" 1
                # 1 "/usr/include/stdio.h" 1 3 4
                #define EOF (-1)
                # 9 "gree\"ter.h" 2
                #define LAST MAX
                int f(void);
                """#.utf8))
        #expect(
            header.files == [
                #"gree"ter.h"#: false, "<built-in>": false, #"jörg/\a.h"#: false, "/usr/include/stdio.h": true,
            ])
        #expect(header.systemFiles == ["/usr/include/stdio.h"])
        #expect(
            header.macros == [
                "MAX": #"gree"ter.h"#, "LAST": #"gree"ter.h"#, "EOF": "/usr/include/stdio.h",
                "__x86_64__": "<built-in>",
            ])
    }
}
