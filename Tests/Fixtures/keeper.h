/* keeper: a text that messages set and tell, schema 1. What the fixtures of the state hand-over share; each defines its
 * own swb_save and swb_restore. -D: VERSION; LIVE: the state may be saved while calls are inside. */
#ifndef KEEPER_H
#define KEEPER_H

#include <stdlib.h>
#include <switchboard.h>

#ifndef MORE_EXPORTS
#define MORE_EXPORTS ""
#endif
#ifdef LIVE
#define STATE_LINE "state = live-ok\n"
#else
#define STATE_LINE ""
#endif

SWB_MANIFEST("name = keeper\n"
             "version = " VERSION "\n"
             "schema = 1\n" STATE_LINE MORE_EXPORTS
             "export = set message\n"
             "export = tell message\n");

struct keeper {
  size_t count;
  uint8_t text[256];
};

static inline int32_t keep(struct keeper *self, const uint8_t *text, size_t count) {
  if (count > sizeof self->text) return 1;
  if (count > 0) memcpy(self->text, text, count);
  self->count = count;
  return 0;
}

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)host;
  *instance = calloc(1, sizeof(struct keeper));
  return *instance ? 0 : -1;
}

void swb_stop(void *instance) { free(instance); }

SWB_MESSAGE(set) { return keep((struct keeper *)instance, request, count); }

SWB_MESSAGE(tell) {
  struct keeper *self = (struct keeper *)instance;
  return swb_reply(call, self->text, self->count);
}

/* What a keeper that works does. */
static inline int32_t keeper_save(void *instance, const swb_call_v1 *call) {
  struct keeper *self = (struct keeper *)instance;
  return swb_reply(call, self->text, self->count);
}

static inline int32_t keeper_restore(void *instance, uint32_t schema, const uint8_t *state, size_t count,
                                     const swb_call_v1 *call) {
  if (schema != 1) return swb_reply_text(call, "only schema 1 is understood"), 1;
  return keep((struct keeper *)instance, state, count);
}

#endif
