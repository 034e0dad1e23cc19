/* 65 lines that no host knows. */
#include <switchboard.h>

#define X8(x) x x x x x x x x
#define X64(x) X8(X8(x))

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n"
             "" X64("x-key = value\n") "x-key = value\n");

SWB_EXPORT int32_t answer(void) { return 5; }
