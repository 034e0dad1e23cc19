#include <switchboard.h>

SWB_MANIFEST("name = plugin\n"
             "version = 1.0.0\n"
             "export = answer\n"
             "export = swb_start\n");

SWB_EXPORT int32_t answer(void) { return 5; }

SWB_EXPORT int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)host;
  *instance = NULL;
  return 0;
}
