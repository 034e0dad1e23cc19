/* _Bool under both of its names, and the types that are passed like others and are others. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>
bool both(_Bool one, bool *other);
void integers(int8_t a, uint16_t b, int32_t c, uint64_t d, intptr_t e, size_t f, ptrdiff_t g, wchar_t h, char i);
void reals(float a, double b, long double c, _Float16 *d, __float128 *e);
__int128 wide(unsigned __int128 *number);
