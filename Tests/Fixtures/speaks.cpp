// The same contract from C++17.
#include <string>
#include <switchboard.h>

SWB_MANIFEST("name = speaks\n"
             "version = 1.0.0\n"
             "export = twice\n"
             "export = shout message\n");

SWB_EXPORT int32_t twice(int32_t value) { return 2 * value; }

SWB_MESSAGE(shout) {
  std::string text(reinterpret_cast<const char *>(request), count);
  for (char &letter : text)
    if (letter >= 'a' && letter <= 'z') letter -= 'a' - 'A';
  return swb_reply(call, text.data(), text.size());
}
