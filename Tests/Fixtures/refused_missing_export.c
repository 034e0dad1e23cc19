#include <switchboard.h>

SWB_MANIFEST("name = missing\n"
             "version = 1.0.0\n"
             "export = anwser\n");

SWB_EXPORT int32_t answer(void) { return 5; }
