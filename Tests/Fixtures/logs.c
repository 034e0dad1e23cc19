/* Logs what no well-meant plugin would: over-long, not UTF-8, no text, an unknown severity. */
#include <switchboard.h>

SWB_MANIFEST("name = logs\n"
             "version = 1.0.0\n"
             "export = misuse message\n");

SWB_MESSAGE(misuse) {
  const swb_log_v1 *log = (const swb_log_v1 *)call->host->service(call->host->context, SWB_LOG_SERVICE_V1);
  char text[5000];
  memset(text, 'l', sizeof text);
  log->write(log->context, SWB_LOG_DEBUG, text, sizeof text);
  log->write(log->context, SWB_LOG_INFO, "a\xff"
                                         "b", 3);
  log->write(log->context, SWB_LOG_WARNING, NULL, 0);
  log->write(log->context, 77, "severity", 8);
  log->write(log->context, SWB_LOG_INFO, NULL, 12);
  log->write(log->context, SWB_LOG_INFO, "count", SIZE_MAX);
  return 0;
}
