/* A constructor ends the process as if all were well. */
#include "rehearsed.h"

CONSTRUCTOR { _exit(0); }
