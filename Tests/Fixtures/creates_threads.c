/* Imports pthread_create: a thread of it may outlive swb_stop, so it is never unmapped. -D: VERSION. */
#include <pthread.h>
#include <switchboard.h>

SWB_MANIFEST("name = threads\n"
             "version = " VERSION "\n"
             "export = run\n");

static void *body(void *argument) { return argument; }

SWB_EXPORT int32_t run(void) {
  pthread_t thread;
  return pthread_create(&thread, NULL, body, NULL) == 0 ? pthread_join(thread, NULL) : -1;
}
