#include <switchboard.h>

SWB_EXPORT int32_t answer(void) { return 5; }
