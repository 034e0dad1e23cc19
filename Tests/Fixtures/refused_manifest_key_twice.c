#include <switchboard.h>

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "version = 1.0.1\n"
             "export = answer\n");

SWB_EXPORT int32_t answer(void) { return 5; }
