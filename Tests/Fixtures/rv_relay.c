/* Review: passes calls on to keeper's set through an import. */
#include <switchboard.h>
SWB_MANIFEST("name = relay\n"
             "version = 1.0.0\n"
             "requires = keeper ^1\n"
             "export = pass message\n");
static const swb_imports_v1 *imports;
static const swb_import_v1 *import;
int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  imports = (const swb_imports_v1 *)host->service(host->context, SWB_IMPORTS_SERVICE_V1);
  return imports->bind(imports->context, "keeper", "set", &import);
}
SWB_MESSAGE(pass) { (void)call; return imports->send(import, request, count, NULL, NULL); }
