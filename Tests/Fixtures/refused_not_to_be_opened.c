/* Asks the dynamic linker not to open it. FLAGS: -Wl,-z,nodlopen */
#include <switchboard.h>

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n");

SWB_EXPORT int32_t answer(void) { return 42; }
