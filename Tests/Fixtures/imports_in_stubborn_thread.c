/* Has a host-owned thread that does not look at the stopping flag until the test lets it go, and then asks answers
 * through the host; it logs the host's code. -D: VERSION, BARRIER. */
#include "barrier.h"
#include <stdio.h>
#include <switchboard.h>

SWB_MANIFEST("name = imports-in-thread\n"
             "version = " VERSION "\n"
             "requires = answers ^1\n"
             "export = tell message\n");

static const swb_imports_v1 *imports;
static const swb_import_v1 *answers_tell;
static const swb_log_v1 *log_service;

static void ask(void *argument) {
  (void)argument;
  char text[32];
  wait_at_barrier();
  snprintf(text, sizeof text, "asked: %d", (int)imports->send(answers_tell, NULL, 0, NULL, NULL));
  log_service->write(log_service->context, SWB_LOG_INFO, text, strlen(text));
}

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  log_service = (const swb_log_v1 *)host->service(host->context, SWB_LOG_SERVICE_V1);
  imports = (const swb_imports_v1 *)host->service(host->context, SWB_IMPORTS_SERVICE_V1);
  const swb_threads_v1 *threads = (const swb_threads_v1 *)host->service(host->context, SWB_THREADS_SERVICE_V1);
  int32_t code = imports->bind(imports->context, "answers", "tell", &answers_tell);
  return code ? code : threads->run(threads->context, "stubborn", ask, NULL);
}

SWB_MESSAGE(tell) { return swb_reply_text(call, VERSION); }
