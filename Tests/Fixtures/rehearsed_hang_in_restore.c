/* A keeper whose swb_restore never returns. -D: VERSION; LIVE. */
#include "keeper.h"
#include <unistd.h>

int32_t swb_save(void *instance, const swb_call_v1 *call) { return keeper_save(instance, call); }

int32_t swb_restore(void *instance, uint32_t schema, const uint8_t *state, size_t count, const swb_call_v1 *call) {
  (void)instance, (void)schema, (void)state, (void)count, (void)call;
  for (;;) pause();
}
