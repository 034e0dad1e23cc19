/* One function that uses the C++ library, for the matrix of machines and toolchains. */
#include <switchboard.h>

#include <string>
#include <vector>

SWB_MANIFEST("name = matrix\n"
             "version = 1.0.0\n"
             "export = answer\n");

SWB_EXPORT int32_t answer(void) {
  std::vector<std::string> words(5, "word");
  return static_cast<int32_t>(words.size());
}
