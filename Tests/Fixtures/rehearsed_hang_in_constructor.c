/* A constructor never returns. */
#include "rehearsed.h"

CONSTRUCTOR {
  say("waiting for a server\n");
  hang();
}
