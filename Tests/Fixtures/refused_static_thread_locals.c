/* More thread-local storage than threads have room for. */
#include <switchboard.h>
SWB_MANIFEST("name = locals\nversion = 1.0.0\nexport = at\n");
static __thread char room[1 << 20] __attribute__((tls_model("initial-exec")));
SWB_EXPORT int32_t at(int32_t place) { return room[place]++; }
