/* A keeper with two more exports, which wait until the test lets them go. -D: VERSION, BARRIER. */
#define MORE_EXPORTS "export = hold_still\n" "export = tell_later message\n"
#include "barrier.h"
#include "keeper.h"

SWB_EXPORT void hold_still(void);
void hold_still(void) { wait_at_barrier(); }

SWB_MESSAGE(tell_later) {
  wait_at_barrier();
  struct keeper *self = (struct keeper *)instance;
  return swb_reply(call, self->text, self->count);
}

int32_t swb_save(void *instance, const swb_call_v1 *call) { return keeper_save(instance, call); }

int32_t swb_restore(void *instance, uint32_t schema, const uint8_t *state, size_t count, const swb_call_v1 *call) {
  return keeper_restore(instance, schema, state, count, call);
}
