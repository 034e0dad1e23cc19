/* answers, with one more typed export that others lack. -D: VERSION, ANSWER. */
#include <switchboard.h>

SWB_MANIFEST("name = answers\n"
             "version = " VERSION "\n"
             "export = answer\n"
             "export = extra\n"
             "export = tell message\n");

SWB_EXPORT int32_t answer(void) { return ANSWER; }

SWB_EXPORT int32_t extra(void) { return ANSWER; }

SWB_MESSAGE(tell) { return swb_reply_text(call, VERSION " says " SWB_TEXT(ANSWER)); }
