/* 65 required plugins where 64 are allowed. */
#include <switchboard.h>

#define R1(n) "requires = r" n " *\n"
#define R8(n) R1(n "0") R1(n "1") R1(n "2") R1(n "3") R1(n "4") R1(n "5") R1(n "6") R1(n "7")
#define R64() R8("0") R8("1") R8("2") R8("3") R8("4") R8("5") R8("6") R8("7")

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n" R64() "requires = one-more *\n");

SWB_EXPORT int32_t answer(void) { return 5; }
