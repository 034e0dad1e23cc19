/* Has an instance: swb_start makes it, calls count in it, swb_stop logs the count and frees it. -D: VERSION. */
#include <stdio.h>
#include <stdlib.h>
#include <switchboard.h>

SWB_MANIFEST("name = counts\n"
             "version = " VERSION "\n"
             "export = count\n"
             "export = report message\n");

struct instance {
  const swb_log_v1 *log;
  int32_t count;
};

static void say(const struct instance *self, int32_t severity, const char *text) {
  if (self->log) self->log->write(self->log->context, severity, text, strlen(text));
}

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  struct instance *self = *instance == NULL ? calloc(1, sizeof *self) : NULL;
  if (!self) return 1;
  self->log = (const swb_log_v1 *)host->service(host->context, SWB_LOG_SERVICE_V1);
  if (host->service(host->context, "swb.unheard-of.v1") != NULL) return 2;
  say(self, SWB_LOG_INFO, "started");
  *instance = self;
  return 0;
}

void swb_stop(void *instance) {
  char text[64];
  struct instance *self = instance;
  snprintf(text, sizeof text, "stopped at %d", self->count);
  say(self, SWB_LOG_WARNING, text);
  free(self);
}

SWB_EXPORT int32_t count(void *instance) { return ++((struct instance *)instance)->count; }

SWB_MESSAGE(report) {
  char text[64];
  snprintf(text, sizeof text, VERSION " counted %d", ((struct instance *)instance)->count);
  return swb_reply_text(call, text);
}
