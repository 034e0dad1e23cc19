/* A constructor starts a process that waits for the end of its own, and kills the one that watched over it then. */
#include "rehearsed.h"

CONSTRUCTOR {
  int ends[2];
  if (!getenv("SWITCHBOARD_REHEARSAL") || pipe(ends) != 0) return;
  pid_t watcher = getppid();
  if (fork() == 0) {
    char byte;
    close(ends[1]);
    (void)!read(ends[0], &byte, 1);
    kill(watcher, SIGKILL);
    hang();
  }
  close(ends[0]);
}
