/* swb_start writes to no memory. */
#include "rehearsed.h"

START {
  UNUSED_START;
  crash();
  return 0;
}
