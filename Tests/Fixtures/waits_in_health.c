/* A keeper whose swb_health, once its text is "wait", waits until the test lets it go and then answers HEALTH.
 * -D: VERSION, BARRIER, HEALTH. */
#include "barrier.h"
#include "keeper.h"

int32_t swb_save(void *instance, const swb_call_v1 *call) { return keeper_save(instance, call); }

int32_t swb_restore(void *instance, uint32_t schema, const uint8_t *state, size_t count, const swb_call_v1 *call) {
  return keeper_restore(instance, schema, state, count, call);
}

int32_t swb_health(void *instance, const swb_call_v1 *call) {
  struct keeper *self = (struct keeper *)instance;
  (void)call;
  if (self->count != 4 || memcmp(self->text, "wait", 4) != 0) return 0;
  wait_at_barrier();
  return HEALTH;
}
