/* The other plugin with `process` and the helper of process_first.c. */
#include <switchboard.h>

SWB_MANIFEST("name = second\n"
             "version = 1.0.0\n"
             "export = process\n");

int helper_calls = 500;

__attribute__((noinline)) int32_t helper(int32_t value) {
  helper_calls++;
  return value + 2000;
}

SWB_EXPORT int32_t process(int32_t value) { return helper(value) + helper_calls; }
