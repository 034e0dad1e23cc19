/* swb_health never returns. */
#include "rehearsed.h"

int32_t swb_health(void *instance, const swb_call_v1 *call) {
  (void)instance, (void)call;
  hang();
  return 0;
}
