/* greeter.h: the contract of the plugin greeter with its hosts, release 1.0.0. */
#ifndef GREETER_H
#define GREETER_H

#include <stdint.h>

/* The most greetings of one call. */
#define GREET_MAX 16

typedef struct {
  const char *name;
  int32_t count;
} greeting;

/* How many greetings were said. */
int32_t greet(const greeting *greeting);

#endif
