/* Imports pthread_create and fails to start: it is not published, and cannot be unmapped either. */
#include <pthread.h>
#include <switchboard.h>

SWB_MANIFEST("name = stays\n"
             "version = 1.0.0\n"
             "export = run\n");

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)host, (void)instance;
  return 3;
}

static void *body(void *argument) { return argument; }

SWB_EXPORT int32_t run(void) {
  pthread_t thread;
  return pthread_create(&thread, NULL, body, NULL) == 0 ? pthread_join(thread, NULL) : -1;
}
