/* A constructor writes to no memory. */
#include "rehearsed.h"

CONSTRUCTOR {
  say("about to crash\n");
  crash();
}
