/* Review: requires answers and binds it in swb_start. -D: VERSION, FAILS (start says no after binding), SICK, BARRIER, STAYS. */
#include <switchboard.h>
#ifdef BARRIER
#include "barrier.h"
#endif
SWB_MANIFEST("name = importer\n"
             "version = " VERSION "\n"
             "requires = " TARGET " ^1\n"
             "export = wait message\n"
             "export = tell message\n");
static const swb_imports_v1 *imports;
static const swb_import_v1 *import;
#ifdef STAYS
static const swb_threads_v1 *threads;
static void stay(void *argument) { (void)argument; wait_at_barrier(); }
#endif
int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  imports = (const swb_imports_v1 *)host->service(host->context, SWB_IMPORTS_SERVICE_V1);
  int32_t code = imports->bind(imports->context, TARGET, "tell", &import);
  if (code) return code;
#ifdef STAYS
  threads = (const swb_threads_v1 *)host->service(host->context, SWB_THREADS_SERVICE_V1);
  threads->run(threads->context, "stubborn", stay, NULL);
#endif
#ifdef FAILS
  return -7;
#endif
  return 0;
}
SWB_MESSAGE(wait) {
#ifdef BARRIER
  wait_at_barrier();
#endif
  return swb_reply_text(call, VERSION);
}
SWB_MESSAGE(tell) { return swb_reply_text(call, VERSION); }
