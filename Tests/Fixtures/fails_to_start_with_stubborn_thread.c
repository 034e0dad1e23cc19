/* swb_start runs a host-owned thread that does not look at the stopping flag until the test lets it go, and then says
 * no: the image must stay. -D: BARRIER. */
#include "barrier.h"
#include <switchboard.h>

SWB_MANIFEST("name = fails-with-stubborn-thread\n"
             "version = 1.0.0\n"
             "export = tell message\n");

static void ignore(void *argument) {
  (void)argument;
  wait_at_barrier();
}

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  const swb_threads_v1 *threads = (const swb_threads_v1 *)host->service(host->context, SWB_THREADS_SERVICE_V1);
  return threads->run(threads->context, "stubborn", ignore, NULL) == 0 ? 42 : -1;
}

SWB_MESSAGE(tell) { return swb_reply_text(call, "1.0.0"); }
