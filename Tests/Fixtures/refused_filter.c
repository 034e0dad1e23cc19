/* Has the dynamic linker map two libraries that no DT_NEEDED names. FLAGS: -Wl,-f,libaside.so -Wl,-F,libinstead.so */
#include <switchboard.h>

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n");

SWB_EXPORT int32_t answer(void) { return 42; }
