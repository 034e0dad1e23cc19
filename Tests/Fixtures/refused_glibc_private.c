/* Uses what glibc's parts keep among themselves. FLAGS: -l:ld-linux-x86-64.so.2 */
#include <switchboard.h>

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n");

extern char **private_arguments;
__asm__(".symver private_arguments,_dl_argv@GLIBC_PRIVATE");

SWB_EXPORT int32_t answer(void) { return private_arguments != NULL; }
