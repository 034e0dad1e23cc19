/* Has a lifecycle symbol that is no function: calling it would be a crash. */
#include <switchboard.h>

SWB_MANIFEST("name = start-is-data\n"
             "version = 1.0.0\n"
             "export = answer\n");

__attribute__((visibility("default"))) int wrong __asm__("swb_start") = 7;

SWB_EXPORT int32_t answer(void) { return 5; }
