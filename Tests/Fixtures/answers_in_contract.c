/* answers, with a contract's digest behind its typed export. -D: VERSION, DIGEST; TRACE: a file that its constructor makes. */
#include <switchboard.h>

SWB_MANIFEST("name = answers\n"
             "version = " VERSION "\n"
             "export = answer " DIGEST "\n"
             "export = tell message\n");

#ifdef TRACE
#include <fcntl.h>
#include <unistd.h>

__attribute__((constructor)) static void trace(void) { close(open(TRACE, O_CREAT | O_WRONLY, 0600)); }
#endif

SWB_EXPORT int32_t answer(void) { return 1; }

SWB_MESSAGE(tell) { return swb_reply_text(call, VERSION); }
