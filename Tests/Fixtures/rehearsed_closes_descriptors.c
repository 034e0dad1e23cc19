/* swb_start closes every descriptor of the process. */
#include "rehearsed.h"

START {
  UNUSED_START;
  for (int descriptor = 0; descriptor < 1024; descriptor++) close(descriptor);
  return 0;
}
