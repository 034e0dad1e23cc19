/* Nobody defines what it calls: the dynamic linker would refuse it, and the gates do before. */
#include <switchboard.h>

SWB_MANIFEST("name = undefined-symbol\n"
             "version = 1.0.0\n"
             "export = answer\n");

int32_t nobody_defines_this(void);

SWB_EXPORT int32_t answer(void) { return nobody_defines_this(); }
