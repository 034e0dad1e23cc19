/* Passes every gate; the dynamic linker finds that nobody defines what it calls. */
#include <switchboard.h>

SWB_MANIFEST("name = undefined-symbol\n"
             "version = 1.0.0\n"
             "export = answer\n");

int32_t nobody_defines_this(void);

SWB_EXPORT int32_t answer(void) { return nobody_defines_this(); }
