/* Refused for four reasons at once: its report must hold them all. FLAGS: -Wl,-z,execstack */
#include <switchboard.h>

#undef SWB_ABI_MAJOR
#define SWB_ABI_MAJOR 9

SWB_MANIFEST("name = several\n"
             "version = 1.0\n"
             "export = missing\n");

SWB_EXPORT int32_t answer(void) { return 5; }
