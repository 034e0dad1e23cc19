/* swb_start runs a host-owned thread and then says no: the thread must be gone before the image is. -D: VERSION. */
#include <switchboard.h>

SWB_MANIFEST("name = fails-with-thread\n"
             "version = " VERSION "\n"
             "export = tell message\n");

static const swb_threads_v1 *threads;
static const swb_log_v1 *log_service;

static void obey(void *argument) {
  (void)argument;
  while (!threads->wait(threads->context, 1000000)) {
  }
  log_service->write(log_service->context, SWB_LOG_INFO, "thread ended", 12);
}

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  log_service = (const swb_log_v1 *)host->service(host->context, SWB_LOG_SERVICE_V1);
  threads = (const swb_threads_v1 *)host->service(host->context, SWB_THREADS_SERVICE_V1);
  return threads->run(threads->context, "obedient", obey, NULL) == 0 ? 42 : -1;
}

SWB_MESSAGE(tell) { return swb_reply_text(call, VERSION); }
