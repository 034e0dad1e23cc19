/* What the fixtures of the rehearsal share: a plugin that answers 1, and does one thing wrong in the including file. They
 * are never loaded outside a rehearsal: most of them would end the process, or stay in it. */
#ifndef REHEARSED_H
#define REHEARSED_H

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <switchboard.h>
#include <unistd.h>

SWB_MANIFEST("name = rehearsed\n"
             "version = 1.0.0\n"
             "unload = clean\n"
             "export = answer\n");

SWB_EXPORT int32_t answer(void) { return 1; }

/* A store that no compiler removes. */
static inline void crash(void) { *(volatile int *)8 = 1; }

static inline void hang(void) {
  for (;;) pause();
}

static inline void say(const char *text) { (void)!write(STDERR_FILENO, text, strlen(text)); }

#define CONSTRUCTOR __attribute__((constructor)) static void construct(void)
#define START int32_t swb_start(const swb_host_v1 *host, void **instance)
#define UNUSED_START (void)host, (void)instance

#endif
