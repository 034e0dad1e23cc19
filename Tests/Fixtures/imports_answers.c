/* Requires answers and calls it through the host: its typed export and its message export. -D: VERSION, RANGE. */
#include <stdio.h>
#include <switchboard.h>

SWB_MANIFEST("name = imports-answers\n"
             "version = " VERSION "\n"
             "requires = answers " RANGE "\n"
             "export = ask\n"
             "export = relay message\n"
             "export = try_bind message\n"
             "export = misuse message\n");

static const swb_imports_v1 *imports;
static const swb_import_v1 *answer, *tell;

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)instance;
  imports = (const swb_imports_v1 *)host->service(host->context, SWB_IMPORTS_SERVICE_V1);
  if (!imports) return -1;
  int32_t code = imports->bind(imports->context, "answers", "answer", &answer);
  return code ? code : imports->bind(imports->context, "answers", "tell", &tell);
}

/* What answers answers now; -1 where nothing serves. */
SWB_EXPORT int32_t ask(void) {
  swb_pin_v1 pin;
  void *instance;
  swb_function_v1 *function = imports->enter(answer, &pin, &instance);
  if (!function) return -1;
  int32_t value = ((int32_t(*)(void))function)();
  imports->leave(&pin);
  imports->leave(&pin); /* does nothing */
  return value;
}

static int32_t forward(void *sink, const void *bytes, size_t count) {
  return swb_reply((const swb_call_v1 *)sink, bytes, count);
}

/* What answers tells now; its code is this one's. */
SWB_MESSAGE(relay) { return imports->send(tell, request, count, (void *)(uintptr_t)call, forward); }

/* Request: a plugin's name, a space, a symbol. Reply: the host's code. */
SWB_MESSAGE(try_bind) {
  char plugin[64], symbol[64], line[128], text[24];
  const swb_import_v1 *import = NULL;
  snprintf(line, sizeof line, "%.*s", (int)count, (const char *)request);
  if (sscanf(line, "%63s %63s", plugin, symbol) != 2) return 1;
  int32_t code = imports->bind(imports->context, plugin, symbol, &import);
  if ((code == 0) != (import != NULL)) return 2;
  snprintf(text, sizeof text, "%d", code);
  return swb_reply_text(call, text);
}

static int32_t refuse(void *sink, const void *bytes, size_t count) {
  (void)sink, (void)bytes, (void)count;
  return 1;
}

/* Every wrong use that has an answer; the reply is the number of the first that was not answered so. */
SWB_MESSAGE(misuse) {
  swb_pin_v1 pin;
  const swb_import_v1 *import = NULL;
  int wrong = imports->enter(tell, &pin, NULL) != NULL                                             ? 1
              : imports->enter(NULL, &pin, NULL) != NULL                                           ? 2
              : imports->send(answer, request, count, NULL, NULL) != SWB_IMPORT_MISUSED            ? 3
              : imports->send(tell, NULL, 12, NULL, NULL) != SWB_IMPORT_MISUSED                    ? 4
              : imports->send(tell, NULL, 0, NULL, refuse) != SWB_IMPORT_REPLY_REFUSED             ? 5
              : imports->send(tell, NULL, 0, NULL, NULL) != 0                                      ? 6
              : imports->bind(imports->context, NULL, "answer", &import) != SWB_IMPORT_MISUSED     ? 7
              : imports->bind(imports->context, "answers", "answer", &import) != 0 || import != answer ? 8
                                                                                                   : 0;
  imports->leave(NULL);
  char text[8];
  snprintf(text, sizeof text, "%d", wrong);
  return swb_reply_text(call, text);
}
