/* Where a test holds a plugin: it says that it came, then waits until the test lets it go. No clock is involved.
 * Two named pipes, which the test made and holds open for reading and writing: neither open(2) below waits. */
#ifndef BARRIER_H
#define BARRIER_H

#include <fcntl.h>
#include <unistd.h>

static inline void wait_at_barrier(void) {
  char byte = 'x';
  int entered = open(BARRIER ".entered", O_WRONLY), release = open(BARRIER ".release", O_RDONLY);
  if (entered >= 0 && write(entered, &byte, 1) == 1 && release >= 0) (void)!read(release, &byte, 1);
  close(entered);
  close(release);
}

#endif
