#include <switchboard.h>

#undef SWB_ABI_MINOR
#define SWB_ABI_MINOR 9

SWB_MANIFEST("name = newer-abi-minor\n"
             "version = 1.0.0\n"
             "export = answer\n");

SWB_EXPORT int32_t answer(void) { return 5; }
