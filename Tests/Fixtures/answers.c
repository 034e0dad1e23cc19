/* The plain plugin of most tests: one typed export, one message export, both tell which build runs. -D: VERSION, ANSWER.
 */
#include <switchboard.h>

SWB_MANIFEST("name = answers\n"
             "version = " VERSION "\n"
             "export = answer\n"
             "export = tell message\n");

SWB_EXPORT int32_t answer(void) { return ANSWER; }

SWB_MESSAGE(tell) { return swb_reply_text(call, VERSION " says " SWB_TEXT(ANSWER)); }
