/* One message export per kind of reply. */
#include <switchboard.h>

SWB_MANIFEST("name = replies\n"
             "version = 1.0.0\n"
             "export = echo message\n"
             "export = silent message\n"
             "export = fails message\n"
             "export = pieces message\n"
             "export = keeps_writing message\n"
             "export = deadline message\n"
             "export = trace message\n"
             "export = typed\n");

SWB_MESSAGE(echo) { return swb_reply(call, request, count); }

SWB_MESSAGE(silent) { return 0; }

SWB_MESSAGE(fails) {
  swb_reply_text(call, "no such rule: ");
  swb_reply(call, request, count);
  return 7;
}

/* A mebibyte in a thousand and twenty-four pieces. */
SWB_MESSAGE(pieces) {
  char piece[1024];
  memset(piece, 'p', sizeof piece);
  for (int i = 0; i < 1024; i++)
    if (swb_reply(call, piece, sizeof piece) != 0) return 1;
  return 0;
}

/* Writes past the limit; what is refused must leave what was written before as it was. */
SWB_MESSAGE(keeps_writing) {
  char piece[100];
  memset(piece, 'k', sizeof piece);
  int refused = 0;
  for (int i = 0; i < 20; i++) refused += swb_reply(call, piece, sizeof piece) != 0;
  swb_reply_text(call, "!");
  return refused;
}

SWB_MESSAGE(deadline) {
  return swb_reply_text(call, call->deadline_ns == 0      ? "none"
                              : call->cancelled(call) != 0 ? "passed"
                                                           : "ahead");
}

SWB_MESSAGE(trace) { return swb_reply_text(call, call->traceparent[0] == '\0' ? "empty" : call->traceparent); }

SWB_EXPORT int32_t typed(void) { return 1; }
