/* swb_start ends the process as if all were well. */
#include "rehearsed.h"

START {
  UNUSED_START;
  exit(0);
}
