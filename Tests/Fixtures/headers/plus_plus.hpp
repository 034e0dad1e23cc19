// C++ around a few functions of C: what has no C linkage is no export, however it looks.
#include <cstddef>
#include <cstdint>
namespace greeter {
class Session {
public:
    virtual ~Session();
    virtual int greet(const char *name) = 0;
};
template <typename T> T twice(T value) { return value + value; }
int internal(int a);
}
extern "C" {
struct buffer {
    std::uint8_t *bytes;
    std::size_t count;
    bool owned;
};
enum class mode : unsigned char { quiet, loud };
struct session; // opaque
session *begin(const buffer *bytes, mode mode);
static inline int local(int a) { return a; }
}
extern "C" void finish(session *session) noexcept;
