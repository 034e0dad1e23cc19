/* The host serves base 1.4.0. */
#include <switchboard.h>

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n"
             "requires = base ^2.0\n");

SWB_EXPORT int32_t answer(void) { return 5; }
