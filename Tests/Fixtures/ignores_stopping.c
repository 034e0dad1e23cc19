/* Has a host-owned thread that does not look at the stopping flag until the test lets it go. -D: BARRIER, VERSION. */
#include "barrier.h"
#include <switchboard.h>

SWB_MANIFEST("name = ignores-stopping\n"
             "version = " VERSION "\n"
             "export = tell message\n");

static const swb_threads_v1 *threads;
static const swb_log_v1 *log_service;

static void ignore(void *argument) {
  (void)argument;
  wait_at_barrier();
  const char *text = threads->stopping(threads->context) ? "told to stop" : "not told to stop";
  log_service->write(log_service->context, SWB_LOG_INFO, text, strlen(text));
}

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  log_service = (const swb_log_v1 *)host->service(host->context, SWB_LOG_SERVICE_V1);
  threads = (const swb_threads_v1 *)host->service(host->context, SWB_THREADS_SERVICE_V1);
  return threads ? threads->run(threads->context, "stubborn", ignore, NULL) : -1;
}

void swb_stop(void *instance) {
  (void)instance;
  log_service->write(log_service->context, SWB_LOG_INFO, "stopped", 7);
}

SWB_MESSAGE(tell) { return swb_reply_text(call, VERSION); }
