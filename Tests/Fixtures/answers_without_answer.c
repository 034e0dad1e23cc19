/* A newer answers that dropped its typed export. -D: VERSION. */
#include <switchboard.h>

SWB_MANIFEST("name = answers\n"
             "version = " VERSION "\n"
             "export = tell message\n");

SWB_MESSAGE(tell) { return swb_reply_text(call, VERSION); }
