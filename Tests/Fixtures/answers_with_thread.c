/* answers, with a host-owned thread that obeys; its end and swb_stop are logged. -D: VERSION, ANSWER. */
#include <switchboard.h>

SWB_MANIFEST("name = answers\n"
             "version = " VERSION "\n"
             "export = answer\n"
             "export = tell message\n");

static const swb_threads_v1 *threads;
static const swb_log_v1 *log_service;

static void obey(void *argument) {
  (void)argument;
  while (!threads->wait(threads->context, UINT64_MAX)) {
  }
  log_service->write(log_service->context, SWB_LOG_INFO, "thread ended", 12);
}

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  log_service = (const swb_log_v1 *)host->service(host->context, SWB_LOG_SERVICE_V1);
  threads = (const swb_threads_v1 *)host->service(host->context, SWB_THREADS_SERVICE_V1);
  return threads->run(threads->context, "obedient", obey, NULL);
}

void swb_stop(void *instance) {
  (void)instance;
  log_service->write(log_service->context, SWB_LOG_INFO, "stopped", 7);
}

SWB_EXPORT int32_t answer(void) { return ANSWER; }

SWB_MESSAGE(tell) { return swb_reply_text(call, VERSION " says " SWB_TEXT(ANSWER)); }
