/* Vouches for its unloading and leaves a thread of its own behind, which spins in the plugin's code, without a system
 * call, until a word of the test's is not 0. -D: VERSION. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <switchboard.h>

SWB_MANIFEST("name = vouched-spins\n"
             "version = " VERSION "\n"
             "unload = clean\n"
             "export = spin\n");

static void *body(void *argument) {
  pthread_setname_np(pthread_self(), "left-spinning");
  while (atomic_load_explicit((_Atomic int32_t *)argument, memory_order_acquire) == 0) {
  }
  return NULL;
}

SWB_EXPORT int32_t spin(void *word);
int32_t spin(void *word) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, body, word) != 0) return -1;
  return pthread_detach(thread);
}
