/* swb_stop does not return until the test says so. -D: BARRIER, VERSION. */
#include "barrier.h"
#include <switchboard.h>

SWB_MANIFEST("name = hangs-in-stop\n"
             "version = " VERSION "\n"
             "export = tell message\n");

static const swb_log_v1 *log_service;

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  log_service = (const swb_log_v1 *)host->service(host->context, SWB_LOG_SERVICE_V1);
  return 0;
}

void swb_stop(void *instance) {
  (void)instance;
  wait_at_barrier();
  log_service->write(log_service->context, SWB_LOG_INFO, "stopped late", 12);
}

SWB_MESSAGE(tell) { return swb_reply_text(call, VERSION); }
