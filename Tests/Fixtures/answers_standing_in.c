/* Another plugin with the exports of answers, which can stand in for it; its own come in another order. -D: VERSION. */
#include <switchboard.h>

SWB_MANIFEST("name = understudy\n"
             "version = " VERSION "\n"
             "export = a_first\n"
             "export = answer\n"
             "export = tell message\n");

SWB_EXPORT void a_first(void);
void a_first(void) {}

SWB_EXPORT int32_t answer(void) { return -1; }

SWB_MESSAGE(tell) { return swb_reply_text(call, "understudy " VERSION); }
