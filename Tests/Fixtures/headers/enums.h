/* Enums of every storage. */
enum plain { ZERO, ONE, TEN = 10, ALSO_TEN = 10 };
enum with_negative { LOW = -5, HIGH = 5 };
enum wide { SMALL = 1, HUGE_ONE = 0x7fffffffffffffff };
enum widest { WHOLE = 0xffffffffffffffff };
enum deep { DEEPEST = -0x7fffffffffffffff - 1 };
enum __attribute__((packed)) byte { BYTE_A, BYTE_B = 200 };
enum fixed : unsigned short { FIXED_A, FIXED_B };
typedef enum { UNTAGGED_A, UNTAGGED_B } untagged;
enum { LIMIT = 64, FLAG = 1 << 4 };
#define LIMIT_TOO (LIMIT * 2)
#define NEGATIVE -1
#define NOT_AN_INTEGER 1.5
#define A_TEXT "text"
#define A_LETTER 'x'
#define TO_THE_TOP 0xffffffffffffffffu
void take(enum plain, enum with_negative, enum wide, enum widest, enum deep, enum byte, enum fixed, untagged);
