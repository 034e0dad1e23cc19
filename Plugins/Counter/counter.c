/* counter 1.0.0: a plugin with state, in plain C11.
 *
 *     cc -O2 -fPIC -shared -fvisibility=hidden -I../../Sources/CPluginABI/include counter.c -o counter.so
 *
 * The count lives in the instance that swb_start makes, so every generation counts from 0 and two of them never share.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <switchboard.h>

SWB_MANIFEST("name = counter\n"
             "version = 1.0.0\n"
             "export = increment message\n"
             "export = total message\n"
             "export = counter_add\n");

typedef struct {
  _Atomic int64_t total; /* calls come on any thread, several at once */
} counter;

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  counter *self = malloc(sizeof *self);
  if (!self) return 1;
  atomic_init(&self->total, 0);
  *instance = self;

  const swb_log_v1 *log = host->service(host->context, SWB_LOG_SERVICE_V1);
  static const char words[] = "counting from 0";
  if (log) log->write(log->context, SWB_LOG_INFO, words, sizeof words - 1);
  return 0;
}

void swb_stop(void *instance) { free(instance); }

/* The plain C export: adds, and returns the new total. It wraps around, as atomics do. */
SWB_EXPORT int64_t counter_add(void *instance, int64_t amount);
int64_t counter_add(void *instance, int64_t amount) {
  counter *self = instance;
  /* Relaxed: the total orders nothing but itself. The sum is formed unsigned, because signed overflow is undefined. */
  int64_t before = atomic_fetch_add_explicit(&self->total, amount, memory_order_relaxed);
  return (int64_t)((uint64_t)before + (uint64_t)amount);
}

static int32_t reply_number(const swb_call_v1 *call, int64_t number) {
  char text[24];
  int count = snprintf(text, sizeof text, "%lld", (long long)number);
  return swb_reply(call, text, (size_t)count);
}

/* Reads a whole decimal number that fills the text; nothing at all is 1. False where it is neither. */
static bool read_amount(const uint8_t *bytes, size_t count, int64_t *amount) {
  char text[24]; /* holds every int64_t, and the NUL that strtoll needs */
  *amount = 1;
  if (count == 0) return true;
  if (count >= sizeof text) return false;
  memcpy(text, bytes, count);
  text[count] = 0;
  char *end;
  errno = 0;
  *amount = strtoll(text, &end, 10);
  return errno == 0 && end == text + count;
}

/* Request: a decimal number, "5" or "-2"; nothing is 1. Reply: the new total. */
SWB_MESSAGE(increment) {
  int64_t amount;
  if (!read_amount(request, count, &amount)) {
    swb_reply_text(call, "the request is no whole number");
    return 1;
  }
  return reply_number(call, counter_add(instance, amount));
}

/* Request: ignored. Reply: the total. */
SWB_MESSAGE(total) {
  counter *self = instance;
  return reply_number(call, atomic_load_explicit(&self->total, memory_order_relaxed));
}
