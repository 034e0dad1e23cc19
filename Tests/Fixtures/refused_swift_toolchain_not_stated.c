/* Shares the host's Swift runtime, and only a C compiler signs for it. FLAGS: -lswiftCore */
#include <switchboard.h>

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n");

extern void *swift_retain(void *);

SWB_EXPORT int32_t answer(void) { return swift_retain(NULL) != NULL; }
