/* A C++ function: its symbol is not its name. */
#include <switchboard.h>

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n");

__attribute__((visibility("default"), used)) int32_t answer(void) { return 5; }
