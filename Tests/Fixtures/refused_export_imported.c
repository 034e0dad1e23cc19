/* The function is the C library's. */
#include <switchboard.h>

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = puts\n"
             "export = say\n");

int puts(const char *);

SWB_EXPORT int32_t say(void) { return puts("x"); }
