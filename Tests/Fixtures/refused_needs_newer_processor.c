/* Says in its GNU property note that it needs AVX-512. COMPILER: gcc FLAGS: -Wl,-z,x86-64-v4 */
#include <switchboard.h>

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n");

SWB_EXPORT int32_t answer(void) { return 5; }
