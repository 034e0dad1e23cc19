/* answers, with a contract's digest behind its typed export. -D: VERSION, DIGEST. */
#include <switchboard.h>

SWB_MANIFEST("name = answers\n"
             "version = " VERSION "\n"
             "export = answer " DIGEST "\n"
             "export = tell message\n");

SWB_EXPORT int32_t answer(void) { return 1; }

SWB_MESSAGE(tell) { return swb_reply_text(call, VERSION); }
