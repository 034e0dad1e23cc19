/* swb_start makes a process that keeps the descriptors of this one open, and crashes. */
#include "rehearsed.h"

START {
  UNUSED_START;
  if (fork() == 0) hang();
  crash();
  return 0;
}
