/* A constructor traps. */
#include "rehearsed.h"

CONSTRUCTOR { raise(SIGTRAP); }
