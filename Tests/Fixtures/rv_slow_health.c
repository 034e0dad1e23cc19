/* Review: a keeper whose health waits at the barrier once its text is "ill", then says no. -D: VERSION, BARRIER. */
#include "barrier.h"
#include "keeper.h"
int32_t swb_save(void *instance, const swb_call_v1 *call) { return keeper_save(instance, call); }
int32_t swb_restore(void *instance, uint32_t schema, const uint8_t *state, size_t count, const swb_call_v1 *call) {
  return keeper_restore(instance, schema, state, count, call);
}
int32_t swb_health(void *instance, const swb_call_v1 *call) {
  struct keeper *self = (struct keeper *)instance;
  if (self->count != 3 || memcmp(self->text, "ill", 3) != 0) return 0;
  wait_at_barrier();
  return swb_reply_text(call, "feeling ill"), 5;
}
