/* swb_start says no; swb_stop must then not be called. -D: VERSION, STOPPED (a file that swb_stop would make). */
#include <fcntl.h>
#include <switchboard.h>

SWB_MANIFEST("name = answers\n"
             "version = " VERSION "\n"
             "export = answer\n"
             "export = tell message\n");

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)host, (void)instance;
  return 42;
}

void swb_stop(void *instance) {
  (void)instance;
  open(STOPPED, O_CREAT | O_WRONLY, 0600);
}

SWB_EXPORT int32_t answer(void) { return -1; }

SWB_MESSAGE(tell) { return swb_reply_text(call, VERSION); }
