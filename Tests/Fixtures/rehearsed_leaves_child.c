/* swb_start makes a process that keeps the descriptors of this one open for ever. */
#include "rehearsed.h"

START {
  UNUSED_START;
  if (fork() == 0) hang();
  return 0;
}
