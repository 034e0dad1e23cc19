/* 4096 bytes where 1024 are allowed. */
#include <switchboard.h>

#define X16(x) x x x x x x x x x x x x x x x x

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n"
             "author = " X16(X16(X16("n"))) "\n");

SWB_EXPORT int32_t answer(void) { return 5; }
