/* Thread-local variables aligned to more than the room that threads have. */
#include <switchboard.h>

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n");

static _Thread_local _Alignas(128) int32_t value __attribute__((tls_model("initial-exec")));

SWB_EXPORT int32_t answer(void) { return ++value; }
