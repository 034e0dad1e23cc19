/* cc -O2 -fPIC -shared -fvisibility=hidden -I../../Sources/CPluginABI/include -DADDER_VERSION='"1.2.0"' adder.c -o adder.so */
#include <switchboard.h>
SWB_MANIFEST("name = adder\n" "version = " ADDER_VERSION "\n" "export = add\n");
SWB_EXPORT int32_t add(int32_t a, int32_t b);
int32_t add(int32_t a, int32_t b) { return a + b; }
