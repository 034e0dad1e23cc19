/* Exports `process` and defines a helper that another plugin defines too; the call must reach this one. */
#include <switchboard.h>

SWB_MANIFEST("name = first\n"
             "version = 1.0.0\n"
             "export = process\n");

int helper_calls;

__attribute__((noinline)) int32_t helper(int32_t value) {
  helper_calls++;
  return value + 1000;
}

SWB_EXPORT int32_t process(int32_t value) { return helper(value) + helper_calls; }
