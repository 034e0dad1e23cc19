/* swb_start makes a daemon, as daemon(3) does: a session of its own, and no parent. */
#include "rehearsed.h"

START {
  UNUSED_START;
  if (fork() == 0) {
    setsid();
    if (fork() != 0) _exit(0);
    hang();
  }
  return 0;
}
