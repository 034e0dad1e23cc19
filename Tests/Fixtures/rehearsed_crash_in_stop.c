/* swb_stop writes to no memory. */
#include "rehearsed.h"

void swb_stop(void *instance) {
  (void)instance;
  crash();
}
