/* swb_start does without the import that it asks for; that swb_health fails then has nothing to do with it. */
#include "rehearsed.h"

START {
  UNUSED_START;
  const swb_imports_v1 *imports = (const swb_imports_v1 *)host->service(host->context, SWB_IMPORTS_SERVICE_V1);
  const swb_import_v1 *import;
  if (imports) (void)imports->bind(imports->context, "answers", "answer", &import);
  return 0;
}

int32_t swb_health(void *instance, const swb_call_v1 *call) {
  (void)instance, (void)call;
  return 7;
}
