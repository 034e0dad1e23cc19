/* swb_start forks and ends the process that the host knows: its child goes on with the host's code. */
#include "rehearsed.h"

START {
  UNUSED_START;
  if (getenv("SWITCHBOARD_REHEARSAL") && fork() > 0) _exit(0);
  return 0;
}
