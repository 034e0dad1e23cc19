/* dlopen does not return until the test says so. -D: BARRIER. */
#include "barrier.h"
#include <switchboard.h>

SWB_MANIFEST("name = hangs-in-constructor\n"
             "version = 1.0.0\n"
             "export = answer\n");

__attribute__((constructor)) static void hang(void) { wait_at_barrier(); }

SWB_EXPORT int32_t answer(void) { return 1; }
