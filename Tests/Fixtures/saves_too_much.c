/* A keeper whose state never ends: it writes until it is refused, and then claims to be done. -D: VERSION. */
#include "keeper.h"

int32_t swb_save(void *instance, const swb_call_v1 *call) {
  (void)instance;
  static const uint8_t piece[4096];
  while (swb_reply(call, piece, sizeof piece) == 0) {
  }
  return 0;
}

int32_t swb_restore(void *instance, uint32_t schema, const uint8_t *state, size_t count, const swb_call_v1 *call) {
  return keeper_restore(instance, schema, state, count, call);
}
