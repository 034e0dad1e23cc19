/* A call that lasts until the test lets it go, and then uses what must still be there: its host's log. Each swb_stop
 * says so in the log. -D: BARRIER, VERSION. */
#include "barrier.h"
#include <switchboard.h>

SWB_MANIFEST("name = waits\n"
             "version = " VERSION "\n"
             "export = wait message\n"
             "export = tell message\n"
             "export = more message\n");
SWB_MESSAGE(more) { return swb_reply_text(call, "more"); }

static const swb_log_v1 *log_service;

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  log_service = (const swb_log_v1 *)host->service(host->context, SWB_LOG_SERVICE_V1);
  return 0;
}

void swb_stop(void *instance) {
  (void)instance;
  log_service->write(log_service->context, SWB_LOG_INFO, "stopped", 7);
}

SWB_MESSAGE(wait) {
  wait_at_barrier();
  const swb_log_v1 *log = (const swb_log_v1 *)call->host->service(call->host->context, SWB_LOG_SERVICE_V1);
  log->write(log->context, SWB_LOG_INFO, "left", 4);
  return swb_reply_text(call, "finished in " VERSION);
}

SWB_MESSAGE(tell) { return swb_reply_text(call, VERSION); }
