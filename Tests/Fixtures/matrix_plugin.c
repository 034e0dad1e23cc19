/* One function, in C and C++, for the matrix of machines and toolchains. */
#include <switchboard.h>

SWB_MANIFEST("name = matrix\n"
             "version = 1.0.0\n"
             "export = answer\n");

SWB_EXPORT int32_t answer(void) { return 5; }
