/* A constructor calls abort. */
#include "rehearsed.h"

CONSTRUCTOR {
  say("invariant broken\n");
  abort();
}
