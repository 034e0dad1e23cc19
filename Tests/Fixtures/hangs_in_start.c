/* swb_start does not return until the test says so; it logs afterwards. -D: BARRIER. */
#include "barrier.h"
#include <switchboard.h>

SWB_MANIFEST("name = hangs-in-start\n"
             "version = 1.0.0\n"
             "export = answer\n");

static const swb_log_v1 *log_service;

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  log_service = (const swb_log_v1 *)host->service(host->context, SWB_LOG_SERVICE_V1);
  wait_at_barrier();
  log_service->write(log_service->context, SWB_LOG_INFO, "started late", 12);
  return 0;
}

void swb_stop(void *instance) {
  (void)instance;
  log_service->write(log_service->context, SWB_LOG_INFO, "stopped", 7);
}

SWB_EXPORT int32_t answer(void) { return 1; }
