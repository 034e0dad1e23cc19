/* swb_start writes 4 MiB, and is well. */
#include "rehearsed.h"

START {
  UNUSED_START;
  static char line[1024];
  memset(line, 'x', sizeof line);
  for (int i = 0; i < 4096; i++) (void)!write(STDOUT_FILENO, line, sizeof line);
  return 0;
}
