/* counter: a plugin with state that a swap hands over, in plain C11.
 *
 *     cc -O2 -fPIC -shared -fvisibility=hidden -I../../Sources/CPluginABI/include -DVERSION='"1.1.0"' counter.c \
 *         -o counter.so
 *
 * The count lives in the instance that swb_start makes, so every generation counts from 0 and two of them never share;
 * a hand-over copies it. The host lets no call in meanwhile: the manifest does not say `state = live-ok`, since what is
 * counted between swb_save and the swap would be lost.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <switchboard.h>

SWB_MANIFEST("name = counter\n"
             "version = " VERSION "\n"
             "schema = 1\n"
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

/* Reads a whole decimal number that fills the text. False where it does not. */
static bool read_number(const uint8_t *bytes, size_t count, int64_t *number) {
  char text[24]; /* holds every int64_t, and the NUL that strtoll needs */
  if (count == 0 || count >= sizeof text) return false;
  memcpy(text, bytes, count);
  text[count] = 0;
  char *end;
  errno = 0;
  *number = strtoll(text, &end, 10);
  return errno == 0 && end == text + count;
}

/* Request: a decimal number, "5" or "-2"; nothing is 1. Reply: the new total. */
SWB_MESSAGE(increment) {
  int64_t amount = 1;
  if (count > 0 && !read_number(request, count, &amount)) {
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

/* Schema 1: the total as a decimal number. */
int32_t swb_save(void *instance, const swb_call_v1 *call) {
  counter *self = instance;
  return reply_number(call, atomic_load_explicit(&self->total, memory_order_relaxed));
}

int32_t swb_restore(void *instance, uint32_t schema, const uint8_t *state, size_t count, const swb_call_v1 *call) {
  counter *self = instance;
  int64_t total;
  if (schema != 1) {
    char text[64];
    int length = snprintf(text, sizeof text, "the state has schema %u, this counter reads schema 1", schema);
    swb_reply(call, text, (size_t)length);
    return 1;
  }
  if (!read_number(state, count, &total)) {
    swb_reply_text(call, "the state is no whole number");
    return 1;
  }
  atomic_store_explicit(&self->total, total, memory_order_relaxed);
  return 0;
}
