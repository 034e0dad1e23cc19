/* swb_start never returns. */
#include "rehearsed.h"

START {
  UNUSED_START;
  hang();
  return 0;
}
