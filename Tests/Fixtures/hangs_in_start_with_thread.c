/* swb_start runs a host-owned thread that obeys, and does not return until the test says so. -D: BARRIER. */
#include "barrier.h"
#include <switchboard.h>

SWB_MANIFEST("name = hangs-with-thread\n"
             "version = 1.0.0\n"
             "export = tell message\n");

static const swb_threads_v1 *threads;
static const swb_log_v1 *log_service;

static void say(const char *text) { log_service->write(log_service->context, SWB_LOG_INFO, text, strlen(text)); }

static void obey(void *argument) {
  (void)argument;
  while (!threads->wait(threads->context, UINT64_MAX)) {
  }
  say("thread ended");
}

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  log_service = (const swb_log_v1 *)host->service(host->context, SWB_LOG_SERVICE_V1);
  threads = (const swb_threads_v1 *)host->service(host->context, SWB_THREADS_SERVICE_V1);
  threads->run(threads->context, "obedient", obey, NULL);
  wait_at_barrier();
  say("started late");
  return 0;
}

void swb_stop(void *instance) {
  (void)instance;
  say("stopped");
}

SWB_MESSAGE(tell) { return swb_reply_text(call, "1.0.0"); }
