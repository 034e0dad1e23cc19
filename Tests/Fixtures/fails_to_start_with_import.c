/* swb_start binds an import of answers and then says no: nothing of the import may stay. -D: VERSION. */
#include <switchboard.h>

SWB_MANIFEST("name = fails-with-import\n"
             "version = " VERSION "\n"
             "requires = answers ^1\n"
             "export = tell message\n");

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  const swb_imports_v1 *imports = (const swb_imports_v1 *)host->service(host->context, SWB_IMPORTS_SERVICE_V1);
  const swb_import_v1 *tell;
  return imports->bind(imports->context, "answers", "tell", &tell) == 0 ? 42 : -1;
}

SWB_MESSAGE(tell) { return swb_reply_text(call, VERSION); }
