/* One byte over 16 KiB, which the macro would not let pass. */
#include "raw_manifest.h"

#define X16(x) x x x x x x x x x x x x x x x x

RAW_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n" X16(X16(X16("#ab\n"))) "#");

SWB_EXPORT int32_t answer(void) { return 5; }
