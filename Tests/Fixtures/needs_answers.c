/* Requires a plugin in a range. -D: RANGE. */
#include <switchboard.h>

SWB_MANIFEST("name = needs-answers\n"
             "version = 1.0.0\n"
             "requires = answers " RANGE "\n"
             "export = answer\n");

SWB_EXPORT int32_t answer(void) { return 5; }
