/* Made by another version of the Swift compiler, as its manifest says. FLAGS: -lswiftCore */
#include "raw_manifest.h"

RAW_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n"
             "abi = 0.1\n"
             "toolchain = swift 6.2.4\n");

extern void *swift_retain(void *);

SWB_EXPORT int32_t answer(void) { return swift_retain(NULL) != NULL; }
