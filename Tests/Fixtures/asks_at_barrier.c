/* Asks answers through the host, after the test let it. -D: BARRIER, VERSION. */
#include "barrier.h"
#include <stdio.h>
#include <switchboard.h>

SWB_MANIFEST("name = asks\n"
             "version = " VERSION "\n"
             "requires = answers ^1\n"
             "export = ask message\n");

static const swb_imports_v1 *imports;
static const swb_import_v1 *answer;

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  imports = (const swb_imports_v1 *)host->service(host->context, SWB_IMPORTS_SERVICE_V1);
  return imports->bind(imports->context, "answers", "answer", &answer);
}

SWB_MESSAGE(ask) {
  wait_at_barrier();
  swb_pin_v1 pin;
  char text[64] = "nothing";
  void *unused;
  swb_function_v1 *function = imports->enter(answer, &pin, &unused);
  if (function) {
    snprintf(text, sizeof text, VERSION " got %d", (int)((int32_t(*)(void))function)());
    imports->leave(&pin);
  }
  return swb_reply_text(call, text);
}
