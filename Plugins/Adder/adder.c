/* cc -O2 -fPIC -shared -fvisibility=hidden -I../../Sources/CPluginABI/include -DVERSION='"1.2.0"' adder.c -o adder.so */
#include <switchboard.h>
SWB_MANIFEST("name = adder\n" "version = " VERSION "\n" "export = add\n");
SWB_EXPORT int32_t add(int32_t a, int32_t b) { return a + b; }
