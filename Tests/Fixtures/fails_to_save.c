/* A keeper whose swb_save says no. -D: VERSION. */
#include "keeper.h"

int32_t swb_save(void *instance, const swb_call_v1 *call) {
  (void)instance;
  return swb_reply_text(call, "half of the state"), swb_reply_text(call, " is elsewhere"), 7;
}

int32_t swb_restore(void *instance, uint32_t schema, const uint8_t *state, size_t count, const swb_call_v1 *call) {
  return keeper_restore(instance, schema, state, count, call);
}
