/* switchboard.h: the contract between a Switchboard host and its plugins. ABI 0.1.
 *
 * A plugin is a shared object with one manifest and at least one exported function:
 *
 *     #include <switchboard.h>
 *     SWB_MANIFEST("name = adder\n" "version = 1.2.0\n" "export = add\n");
 *     SWB_EXPORT int32_t add(int32_t a, int32_t b) { return a + b; }
 *
 * Build it with any C11 or C++17 compiler:
 *     cc -O2 -fPIC -shared -fvisibility=hidden -I<folder of this file> adder.c -o adder.so
 *
 * Reading the tags. Every function ends its comment with [thread & phase]:
 *   [any-thread]     callable or called on any thread, several at once
 *   [worker-thread]  called on a thread of this generation's own, never two at once
 *   [same-thread]    only on the thread to which the pointer was lent
 *   starting         from the call of swb_start until it returns
 *   started          from the return of swb_start until the call of swb_stop: published, or about to be
 *   stopping         from the call of swb_stop until it returns
 *   in-call          until the call to which the argument was handed returns
 *
 * Rules that hold everywhere:
 *   - LP64 only. Strings are UTF-8, given as pointer and count, borrowed for the call unless said otherwise.
 *   - No struct here ever changes: growth is a new symbol or a new service name. Tags carry a version because a Swift
 *     process merges imported C structs by tag.
 *   - Neither a C++ exception, nor a Rust panic, nor longjmp may cross the border in either direction.
 *   - Functions never travel as void *.
 */
#ifndef SWITCHBOARD_H
#define SWITCHBOARD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SWB_ABI_MAJOR 0
#define SWB_ABI_MINOR 1

#if defined(__cplusplus)
#define SWB_EXTERN_C extern "C"
#define SWB_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define SWB_EXTERN_C
#define SWB_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

/* Puts a function into the plugin's dynamic symbol table under its C name, whatever -fvisibility says. */
#define SWB_EXPORT SWB_EXTERN_C __attribute__((visibility("default"), used))

/* A function of unknown type: what a symbol resolves to before it is cast to its contract's type. */
typedef void swb_function_v1(void);

/* ---- the host, as a plugin sees it ------------------------------------------------------------------------------ */

/* One per generation. OWNERSHIP: the host's; valid from the call of swb_start until swb_stop has returned. */
typedef struct swb_host_v1 {
  /* Opaque to the plugin; hand it back as the first argument of every function below. */
  void *context;

  /* Looks up a service by name, "swb.log.v1" for one. The result points to the frozen struct of that name.
   * OWNERSHIP: the host's; valid as long as this struct. NULL: this host does not offer the service, do without.
   * [any-thread & starting, started, stopping] */
  const void *(*service)(void *context, const char *name);
} swb_host_v1;

/* Service "swb.log.v1": one line into the host's log, under the plugin's name and version. */
#define SWB_LOG_SERVICE_V1 "swb.log.v1"

/* Severity of a log line: a plain int32_t on the border, so that a new one changes no layout. */
enum { SWB_LOG_DEBUG = 0, SWB_LOG_INFO = 1, SWB_LOG_WARNING = 2, SWB_LOG_ERROR = 3 };

typedef struct swb_log_v1 {
  void *context; /* hand it back to write */

  /* Writes `count` bytes of text (no newline needed; bytes that are not UTF-8 are replaced; over 4096 bytes are cut).
   * Borrowed: the text is copied before the call returns. text may be NULL where count is 0. Never blocks on the
   * plugin's account, never fails.
   * [any-thread & starting, started, stopping] */
  void (*write)(void *context, int32_t severity, const char *text, size_t count);
} swb_log_v1;

/* ---- one call --------------------------------------------------------------------------------------------------- */

/* Lent to the plugin for one call; never kept. OWNERSHIP: the host's. [same-thread & in-call] */
typedef struct swb_call_v1 {
  /* The host of this generation; never NULL. */
  const swb_host_v1 *host;

  /* Appends `count` bytes to the reply. bytes may be NULL where count is 0.
   * 0 = appended; anything else = over the host's limit for a reply, nothing was appended: return an error.
   * [same-thread & in-call] */
  int32_t (*write)(const struct swb_call_v1 *call, const void *bytes, size_t count);

  /* Non-zero once the host would rather have no answer (drain, deadline, caller gone): stop early where that is cheap.
   * [same-thread & in-call] */
  int32_t (*cancelled)(const struct swb_call_v1 *call);

  /* CLOCK_MONOTONIC in nanoseconds by which the caller wants the answer; 0 = none. */
  uint64_t deadline_ns;

  /* W3C trace context (version 00), NUL-terminated; empty = none. */
  char traceparent[56];
} swb_call_v1;

/* The type of a message export: bytes in, bytes out.
 * instance: what swb_start stored, or NULL. request: `count` bytes, borrowed; may be NULL where count is 0.
 * 0 = the reply is what was written. Anything else = the plugin's own error code, the reply is its text.
 * [any-thread & started] */
typedef int32_t swb_message_v1(void *instance, const uint8_t *request, size_t count, const swb_call_v1 *call);

/* Appends bytes to the reply: the result is that of swb_call_v1.write. [same-thread & in-call] */
static inline int32_t swb_reply(const swb_call_v1 *call, const void *bytes, size_t count) {
  return call->write(call, bytes, count);
}

/* Appends a NUL-terminated text (without its NUL); NULL appends nothing. [same-thread & in-call] */
static inline int32_t swb_reply_text(const swb_call_v1 *call, const char *text) {
  return text ? call->write(call, text, strlen(text)) : 0;
}

/* Defines a message export: SWB_MESSAGE(shout) { return swb_reply(call, request, count); }
 * The parameters are `instance`, `request`, `count` and `call` as swb_message_v1 describes them. */
#define SWB_MESSAGE(symbol)                                                                                            \
  SWB_EXPORT int32_t symbol(void *instance, const uint8_t *request, size_t count, const swb_call_v1 *call);            \
  int32_t symbol(__attribute__((unused)) void *instance, __attribute__((unused)) const uint8_t *request,               \
                 __attribute__((unused)) size_t count, __attribute__((unused)) const swb_call_v1 *call)

/* ---- lifecycle: exports that a plugin may define; its dynamic symbol table says which it has ------------------------ */

/* Prepares this generation. *instance (NULL on entry) is handed to every later call; OWNERSHIP: the plugin's, freed in
 * swb_stop. 0 = ready. Anything else = not published; swb_stop is not called, so free what was made. Has a time limit:
 * a generation still inside when it ends is never published and stays in memory.
 * [worker-thread & starting] */
SWB_EXPORT int32_t swb_start(const swb_host_v1 *host, void **instance);

/* Ends this generation: no call is inside and none will come. Free the instance, join threads, drop callbacks. Last
 * call into the image; it may be unmapped afterwards. Has a time limit, after which the image stays in memory.
 * [worker-thread & stopping] */
SWB_EXPORT void swb_stop(void *instance);

/* Says whether this generation can serve. 0 = healthy; anything else = not, and the reply says why.
 * [worker-thread & started] */
SWB_EXPORT int32_t swb_health(void *instance, const swb_call_v1 *call);

/* Applies a configuration: `count` bytes of JSON, borrowed. 0 = applied; anything else = refused, nothing changed, and
 * the reply says why.
 * [worker-thread & started] */
SWB_EXPORT int32_t swb_configure(void *instance, const uint8_t *json, size_t count, const swb_call_v1 *call);

/* Writes the state to hand over as the reply, in the form of the manifest's `schema`. 0 = complete; anything else = no
 * state is handed over.
 * [worker-thread & started] */
SWB_EXPORT int32_t swb_save(void *instance, const swb_call_v1 *call);

/* Takes over `count` bytes of state, borrowed, in form `schema`. 0 = taken; anything else = not taken, this generation
 * is not published.
 * [worker-thread & started] */
SWB_EXPORT int32_t swb_restore(void *instance, uint32_t schema, const uint8_t *state, size_t count,
                               const swb_call_v1 *call);

/* ---- manifest --------------------------------------------------------------------------------------------------- */

#define SWB_NOTE_OWNER "Switchboard"
#define SWB_NOTE_TYPE 0x5357u
#define SWB_MANIFEST_LIMIT 16384

#define SWB_TEXT_(x) #x
#define SWB_TEXT(x) SWB_TEXT_(x)
#if defined(__clang__)
#define SWB_TOOLCHAIN "clang " __clang_version__
#elif defined(__GNUC__)
#define SWB_TOOLCHAIN "gcc " __VERSION__
#else
#define SWB_TOOLCHAIN "unknown"
#endif

/* The lines that no author writes by hand. */
#define SWB_MANIFEST_FILLED_IN                                                                                         \
  "abi = " SWB_TEXT(SWB_ABI_MAJOR) "." SWB_TEXT(SWB_ABI_MINOR) "\n"                                                    \
  "toolchain = " SWB_TOOLCHAIN "\n"

#define SWB_ALIGN4(n) (((n) + 3u) & ~3u)

/* Declares the plugin's manifest: once, in one file. The text is `key = value` lines, each ending in \n; keys: name,
 * version, export, requires, provides, schema, state, unload. It becomes an ELF note (owner "Switchboard", type 0x5357,
 * 4-aligned, descsz the padded size), which survives strip, --gc-sections and LTO, and is read without loading. */
#define SWB_MANIFEST(text)                                                                                             \
  SWB_STATIC_ASSERT(sizeof(text SWB_MANIFEST_FILLED_IN) <= SWB_MANIFEST_LIMIT, "a manifest has at most 16 KiB");       \
  __attribute__((section(".note.switchboard"), used, aligned(4))) static const struct {                                \
    uint32_t owner_size, descriptor_size, type;                                                                        \
    char owner[SWB_ALIGN4(sizeof(SWB_NOTE_OWNER))];                                                                    \
    char descriptor[SWB_ALIGN4(sizeof(text SWB_MANIFEST_FILLED_IN))];                                                  \
  } swb_manifest_note = {sizeof(SWB_NOTE_OWNER), SWB_ALIGN4(sizeof(text SWB_MANIFEST_FILLED_IN)), SWB_NOTE_TYPE,       \
                         SWB_NOTE_OWNER, text SWB_MANIFEST_FILLED_IN}

/* ---- layouts, for ever ------------------------------------------------------------------------------------------ */

SWB_STATIC_ASSERT(sizeof(void *) == 8 && sizeof(long) == 8 && sizeof(size_t) == 8, "Switchboard speaks LP64");
SWB_STATIC_ASSERT(sizeof(swb_host_v1) == 16, "swb_host_v1");
SWB_STATIC_ASSERT(offsetof(swb_host_v1, service) == 8, "swb_host_v1.service");
SWB_STATIC_ASSERT(sizeof(swb_log_v1) == 16, "swb_log_v1");
SWB_STATIC_ASSERT(offsetof(swb_log_v1, write) == 8, "swb_log_v1.write");
SWB_STATIC_ASSERT(sizeof(swb_call_v1) == 88, "swb_call_v1");
SWB_STATIC_ASSERT(offsetof(swb_call_v1, write) == 8, "swb_call_v1.write");
SWB_STATIC_ASSERT(offsetof(swb_call_v1, cancelled) == 16, "swb_call_v1.cancelled");
SWB_STATIC_ASSERT(offsetof(swb_call_v1, deadline_ns) == 24, "swb_call_v1.deadline_ns");
SWB_STATIC_ASSERT(offsetof(swb_call_v1, traceparent) == 32, "swb_call_v1.traceparent");

#endif /* SWITCHBOARD_H */
