/* Code in a section that is both writable and executable. */
#include <switchboard.h>

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n");

__asm__(".pushsection .patched,\"awx\",@progbits\n"
        "patched: ret\n"
        ".popsection\n");

SWB_EXPORT int32_t answer(void) { return 5; }
