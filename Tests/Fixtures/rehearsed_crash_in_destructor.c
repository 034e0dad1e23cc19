/* A destructor of the image writes to no memory. */
#include "rehearsed.h"

__attribute__((destructor)) static void destroy(void) { crash(); }
