/* swb_stop never returns. */
#include "rehearsed.h"

void swb_stop(void *instance) {
  (void)instance;
  hang();
}
