/* swb_start says no, and why. */
#include "rehearsed.h"

START {
  UNUSED_START;
  say("no licence found\n");
  return 42;
}
