/* waits, with one more message export that others lack; its wait returns at once. -D: VERSION. */
#include <switchboard.h>

SWB_MANIFEST("name = waits\n"
             "version = " VERSION "\n"
             "export = wait message\n"
             "export = extra message\n");

SWB_MESSAGE(wait) { return swb_reply_text(call, VERSION); }

SWB_MESSAGE(extra) { return swb_reply_text(call, VERSION); }
