/* swb_start cannot do without an export of another plugin, which no rehearsal has. */
#include <switchboard.h>

SWB_MANIFEST("name = rehearsed\n"
             "version = 1.0.0\n"
             "requires = answers ^1\n"
             "export = answer\n");

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  const swb_imports_v1 *imports = (const swb_imports_v1 *)host->service(host->context, SWB_IMPORTS_SERVICE_V1);
  const swb_import_v1 *import;
  return imports ? imports->bind(imports->context, "answers", "answer", &import) : -1;
}

SWB_EXPORT int32_t answer(void) { return 1; }
