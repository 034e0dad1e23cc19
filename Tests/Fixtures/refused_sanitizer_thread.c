/* Instrumented, for a host that is not. FLAGS: -fsanitize=thread */
#include <switchboard.h>

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n");

static int32_t answers[5] = {1, 2, 3, 4, 5};

SWB_EXPORT int32_t answer(int32_t n) { return answers[n]; }
