/* The plugin of the soak: tells which build runs and the number that it was last given, which a swap hands over.
 * -D: NAME, VERSION, BUILD (a number), BARRIER (where `linger` waits). Variants: FAILS_TO_START; REFUSES_STATE;
 * RUNS_THREAD, one of the host's; LEAVES_THREAD, one of its own at the barrier, and vouches for its unloading. */
#define _GNU_SOURCE
#include "barrier.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <switchboard.h>

#ifdef LEAVES_THREAD
#define UNLOAD_LINE "unload = clean\n"
#else
#define UNLOAD_LINE ""
#endif

SWB_MANIFEST("name = " NAME "\n"
             "version = " VERSION "\n"
             "schema = 1\n" UNLOAD_LINE
             "export = answer\n"
             "export = tell message\n"
             "export = remember message\n"
             "export = linger message\n");

struct memory {
  _Atomic int32_t number; /* calls come on any thread, several at once */
};

#ifdef RUNS_THREAD
static const swb_threads_v1 *threads;

static void obey(void *argument) {
  (void)argument;
  while (!threads->wait(threads->context, UINT64_MAX)) {
  }
}
#endif

#ifdef LEAVES_THREAD
static void *stay(void *argument) {
  pthread_setname_np(pthread_self(), "left-behind");
  wait_at_barrier();
  return argument;
}
#endif

int32_t swb_start(const swb_host_v1 *host, void **instance) {
  (void)host;
#ifdef FAILS_TO_START
  return 42;
#endif
#ifdef RUNS_THREAD
  threads = (const swb_threads_v1 *)host->service(host->context, SWB_THREADS_SERVICE_V1);
  if (!threads || threads->run(threads->context, "obedient", obey, NULL) != 0) return 1;
#endif
#ifdef LEAVES_THREAD
  pthread_t thread;
  if (pthread_create(&thread, NULL, stay, NULL) != 0 || pthread_detach(thread) != 0) return 1;
#endif
  *instance = calloc(1, sizeof(struct memory));
  return *instance ? 0 : 2;
}

void swb_stop(void *instance) { free(instance); }

SWB_EXPORT int32_t answer(void) { return BUILD; }

SWB_MESSAGE(tell) {
  char text[128];
  snprintf(text, sizeof text, NAME " " VERSION " build %d remembers %d", BUILD, ((struct memory *)instance)->number);
  return swb_reply_text(call, text);
}

/* A decimal number that fills the text; `fallback` for anything else. */
static int32_t read_number(const uint8_t *bytes, size_t count, int32_t fallback) {
  char text[12] = "", *end;
  if (count == 0 || count >= sizeof text) return fallback;
  memcpy(text, bytes, count);
  long number = strtol(text, &end, 10);
  return *end ? fallback : (int32_t)number;
}

/* Request: a decimal number. */
SWB_MESSAGE(remember) {
  int32_t number = read_number(request, count, -1);
  ((struct memory *)instance)->number = number;
  return number < 0;
}

/* Tells after the test let it. */
SWB_MESSAGE(linger) {
  wait_at_barrier();
  return tell(instance, request, count, call);
}

int32_t swb_save(void *instance, const swb_call_v1 *call) {
  char text[12];
  int count = snprintf(text, sizeof text, "%d", ((struct memory *)instance)->number);
  return swb_reply(call, text, (size_t)count);
}

int32_t swb_restore(void *instance, uint32_t schema, const uint8_t *state, size_t count, const swb_call_v1 *call) {
#ifdef REFUSES_STATE
  (void)instance, (void)schema, (void)state, (void)count;
  return swb_reply_text(call, "this state makes no sense"), 9;
#else
  (void)call;
  int32_t number = schema == 1 ? read_number(state, count, -1) : -1;
  ((struct memory *)instance)->number = number;
  return number < 0;
#endif
}
