/* Until 1.0 a minor version may change what it likes. */
#include <switchboard.h>

#undef SWB_ABI_MINOR
#define SWB_ABI_MINOR 0

SWB_MANIFEST("name = older-abi-minor\n"
             "version = 1.0.0\n"
             "export = answer\n");

SWB_EXPORT int32_t answer(void) { return 5; }
