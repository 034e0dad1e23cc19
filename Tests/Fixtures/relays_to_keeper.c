/* Requires keeper and passes each request on to its set; the code is that of the import. -D: VERSION. */
#include <switchboard.h>

SWB_MANIFEST("name = relays\n"
             "version = " VERSION "\n"
             "requires = keeper ^1\n"
             "export = pass message\n");

static const swb_imports_v1 *imports;
static const swb_import_v1 *set;

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  imports = (const swb_imports_v1 *)host->service(host->context, SWB_IMPORTS_SERVICE_V1);
  return imports->bind(imports->context, "keeper", "set", &set);
}

SWB_MESSAGE(pass) { return imports->send(set, request, count, NULL, NULL); }
