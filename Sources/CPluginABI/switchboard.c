/* Compiling the header is the test of its layouts: a target without a source would not be compiled at all. */
#include "switchboard.h"
