/* A keeper whose swb_restore does not return until the test says so. -D: VERSION, BARRIER. */
#include "barrier.h"
#include "keeper.h"

int32_t swb_save(void *instance, const swb_call_v1 *call) { return keeper_save(instance, call); }

int32_t swb_restore(void *instance, uint32_t schema, const uint8_t *state, size_t count, const swb_call_v1 *call) {
  wait_at_barrier();
  return keeper_restore(instance, schema, state, count, call);
}
