/* Says the host's Swift version; .comment knows better. COMPILER: gcc FLAGS: -lswiftCore */
#include "raw_manifest.h"

RAW_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n"
             "abi = 0.1\n"
             "toolchain = swift 6.3.1\n");

__asm__(".section .comment,\"MS\",@progbits,1\n"
        ".string \"clang version 17.0.0 (https://github.com/apple/llvm-project.git 0123456789ab)\"\n"
        ".text\n");

extern void *swift_retain(void *);

SWB_EXPORT int32_t answer(void) { return swift_retain(NULL) != NULL; }
