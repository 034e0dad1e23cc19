/* Its functions are fine; the thread that swb_start leaves behind is not, a moment later. */
#include "rehearsed.h"
#include <pthread.h>

static void *work(void *nothing) {
  (void)nothing;
  usleep(20000);
  crash();
  return NULL;
}

START {
  UNUSED_START;
  pthread_t thread;
  return pthread_create(&thread, NULL, work, NULL);
}
