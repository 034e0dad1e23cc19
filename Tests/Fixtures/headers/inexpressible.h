/* What no contract can say, one reason after the other. */
#include <stdarg.h>
typedef float lanes __attribute__((vector_size(16)));
struct holder {
    int kind;
    _Complex double number;
};
int fine(int a);
double absolute(_Complex double number);
void print(const char *format, va_list arguments);
lanes add(lanes a, lanes b);
void publish(_Atomic int *flag);
void bits(_BitInt(7) number);
void unchecked();
__attribute__((ms_abi)) int elsewhere(int a);
void hold(struct holder *holder);
void later(int (*visit)());
