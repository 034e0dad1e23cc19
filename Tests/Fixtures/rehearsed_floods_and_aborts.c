/* swb_start writes 4 MiB and a last line, and aborts. */
#include "rehearsed.h"

START {
  UNUSED_START;
  static char line[1024];
  memset(line, '\n', sizeof line);
  for (int i = 0; i < 4096; i++) (void)!write(STDOUT_FILENO, line, sizeof line);
  say("out of paper\n");
  abort();
}
