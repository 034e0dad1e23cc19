/* Each call leaves a destructor with its thread, as a C++ thread_local does: the image cannot be unmapped before that
 * thread ends. */
#include <switchboard.h>

SWB_MANIFEST("name = leaves-destructors\n"
             "version = 1.0.0\n"
             "export = leave message\n");

extern int __cxa_thread_atexit_impl(void (*)(void *), void *, void *);
extern void *__dso_handle __attribute__((visibility("hidden")));

static void destroy(void *object) { (void)object; }

SWB_MESSAGE(leave) { return __cxa_thread_atexit_impl(destroy, (void *)&destroy, &__dso_handle); }
