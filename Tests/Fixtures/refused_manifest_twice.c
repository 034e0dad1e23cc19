/* Two objects with a manifest each were linked together. */
#include "raw_manifest.h"

SWB_MANIFEST("name = one\n"
             "version = 1.0.0\n"
             "export = answer\n");

RAW_MANIFEST("name = two\n"
             "version = 1.0.0\n"
             "export = answer\n");

SWB_EXPORT int32_t answer(void) { return 5; }
