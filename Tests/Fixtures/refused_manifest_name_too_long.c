/* 65 bytes where 64 are allowed. */
#include <switchboard.h>

#define X5(x) x x x x x

SWB_MANIFEST("name = " X5("thirteen-byte") "\n"
             "version = 1.0.0\n"
             "export = answer\n");

SWB_EXPORT int32_t answer(void) { return 5; }
