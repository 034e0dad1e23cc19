/* Not SWB_EXPORT: -fvisibility=hidden keeps it out of the symbol table. */
#include <switchboard.h>

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n");

__attribute__((used)) int32_t answer(void) { return 5; }
