/* Has a host-owned thread that obeys, and whose thread-local destructor then hangs until the test lets it go.
 * -D: BARRIER. */
#include "barrier.h"
#include <switchboard.h>

SWB_MANIFEST("name = hangs-in-destructor\n"
             "version = 1.0.0\n"
             "export = tell message\n");

extern int __cxa_thread_atexit_impl(void (*)(void *), void *, void *);
extern void *__dso_handle __attribute__((visibility("hidden")));

static const swb_threads_v1 *threads;

static void destroy(void *object) {
  (void)object;
  wait_at_barrier();
}

static void obey(void *argument) {
  (void)argument;
  __cxa_thread_atexit_impl(destroy, (void *)&destroy, &__dso_handle);
  while (!threads->wait(threads->context, UINT64_MAX)) {
  }
}

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  threads = (const swb_threads_v1 *)host->service(host->context, SWB_THREADS_SERVICE_V1);
  return threads->run(threads->context, "destroying", obey, NULL);
}

SWB_MESSAGE(tell) { return swb_reply_text(call, "1.0.0"); }
