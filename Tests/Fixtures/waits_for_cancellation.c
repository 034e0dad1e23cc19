/* A call that lasts until the host cancels it; it says at the barrier that it has begun. -D: VERSION, BARRIER. */
#include "barrier.h"
#include <sched.h>
#include <switchboard.h>

SWB_MANIFEST("name = waits-for-cancellation\n"
             "version = " VERSION "\n"
             "export = wait message\n");

SWB_MESSAGE(wait) {
  if (call->cancelled(call)) return swb_reply_text(call, "cancelled before"), 2;
  wait_at_barrier();
  while (!call->cancelled(call)) sched_yield();
  return swb_reply_text(call, "cancelled in " VERSION);
}
