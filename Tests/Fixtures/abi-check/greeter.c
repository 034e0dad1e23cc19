/* Both releases of greeter: the contract's header and the types that it generates are found by -I. */
#include <switchboard.h>
#include "greeter_types.h"
SWB_MANIFEST("name = greeter\n" "version = " VERSION "\n" "export = greet " GREETER_GREET_TYPE "\n");
SWB_EXPORT int32_t greet(const greeting *greeting) { return greeting->count < GREET_MAX ? greeting->count : GREET_MAX; }
