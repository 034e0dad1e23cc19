/* swb_health says no, and why. */
#include "rehearsed.h"

int32_t swb_health(void *instance, const swb_call_v1 *call) {
  (void)instance;
  return swb_reply_text(call, "no route to the database"), 5;
}
