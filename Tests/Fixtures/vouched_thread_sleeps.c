/* Vouches for its unloading and leaves a thread of its own behind, asleep in a system call until the test lets it go.
 * -D: VERSION, BARRIER. */
#define _GNU_SOURCE
#include "barrier.h"
#include <pthread.h>
#include <switchboard.h>

SWB_MANIFEST("name = vouched-sleeps\n"
             "version = " VERSION "\n"
             "unload = clean\n"
             "export = tell message\n");

static void *body(void *argument) {
  pthread_setname_np(pthread_self(), "left-asleep");
  wait_at_barrier();
  return argument;
}

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)host, (void)instance;
  pthread_t thread;
  if (pthread_create(&thread, NULL, body, NULL) != 0) return -1;
  return pthread_detach(thread);
}

SWB_MESSAGE(tell) { return swb_reply_text(call, VERSION); }
