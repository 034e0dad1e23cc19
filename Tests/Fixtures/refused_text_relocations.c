/* An address in the code that the linker would have to patch there. FLAGS: -Wl,-z,notext */
#include <switchboard.h>

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n");

SWB_EXPORT int32_t answer(void) { return 5; }

__asm__(".text\n"
        ".balign 8\n"
        ".quad answer\n");
