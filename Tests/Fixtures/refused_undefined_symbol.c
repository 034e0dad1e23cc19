/* Needs a function that nobody defines. */
#include <switchboard.h>
SWB_MANIFEST("name = lost\nversion = 1.0.0\nexport = add\n");
int32_t nobody_defines_this(int32_t a);
SWB_EXPORT int32_t add(int32_t a) { return nobody_defines_this(a); }
