/* A constructor kills its process group. */
#include "rehearsed.h"

CONSTRUCTOR {
  if (getenv("SWITCHBOARD_REHEARSAL")) kill(0, SIGKILL);
}
