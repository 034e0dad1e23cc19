/* Has host-owned threads that obey: one from swb_start, more on request; each logs its end. -D: VERSION. */
#include <stdio.h>
#include <switchboard.h>

SWB_MANIFEST("name = runs-thread\n"
             "version = " VERSION "\n"
             "export = run message\n"
             "export = blink message\n"
             "export = tell message\n");

static const swb_threads_v1 *threads;
static const swb_log_v1 *log_service;

static void obey(void *argument) {
  (void)argument;
  while (!threads->wait(threads->context, UINT64_MAX)) {
  }
  log_service->write(log_service->context, SWB_LOG_INFO, "thread ended", 12);
}

static void end_at_once(void *argument) { (void)argument; }

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  log_service = (const swb_log_v1 *)host->service(host->context, SWB_LOG_SERVICE_V1);
  threads = (const swb_threads_v1 *)host->service(host->context, SWB_THREADS_SERVICE_V1);
  return threads ? threads->run(threads->context, "obedient", obey, NULL) : -1;
}

void swb_stop(void *instance) {
  (void)instance;
  char text[64];
  int refused = threads->run(threads->context, "late", obey, NULL);
  snprintf(text, sizeof text, "stopped; a new thread: %d", refused);
  log_service->write(log_service->context, SWB_LOG_INFO, text, strlen(text));
}

static int32_t reply_code(const swb_call_v1 *call, int32_t code) {
  char text[16];
  snprintf(text, sizeof text, "%d", code);
  return swb_reply_text(call, text);
}

/* One more thread that obeys; the reply is the host's code. */
SWB_MESSAGE(run) { return reply_code(call, threads->run(threads->context, "obedient", obey, NULL)); }

/* One that ends by itself. */
SWB_MESSAGE(blink) { return reply_code(call, threads->run(threads->context, "blinking", end_at_once, NULL)); }

SWB_MESSAGE(tell) { return swb_reply_text(call, VERSION); }
