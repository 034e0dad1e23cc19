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

/* Service "swb.threads.v1": named threads that the host owns, watches and ends, in place of pthread_create(3), after
 * which an image can never be unmapped. A plugin whose threads all come from here may be.
 *
 * Before swb_stop is called the host raises the stopping flag and joins every thread, until the limit for stopping. A
 * thread that has not ended by then keeps the image in memory for good, swb_stop is not called (it would free what the
 * thread uses), and the host's reason names the thread. A failed swb_start raises the flag and joins as well. */
#define SWB_THREADS_SERVICE_V1 "swb.threads.v1"

/* How many threads one generation may have at a time. */
#define SWB_THREADS_LIMIT 64

typedef struct swb_threads_v1 {
  void *context; /* hand it back to every function below */

  /* Calls body(argument) on a new thread, which ends when the body returns. name: NUL-terminated, copied; its first 15
   * bytes show in ps(1) and in the host's reasons. OWNERSHIP: the thread is the host's (never join or detach it), the
   * argument the plugin's.
   * 0 = it runs. Else a number of errno(3), and nothing runs: ECANCELED once stopping is raised; EAGAIN with
   * SWB_THREADS_LIMIT threads alive, or where the system gives none; EINVAL for a NULL name or body.
   * [any-thread & starting, started] */
  int32_t (*run)(void *context, const char *name, void (*body)(void *argument), void *argument);

  /* Non-zero once every thread of this generation must end; it never becomes zero again.
   * [any-thread & starting, started, stopping] */
  int32_t (*stopping)(void *context);

  /* Sleeps for so many nanoseconds of CLOCK_MONOTONIC (UINT64_MAX: as long as it takes), less where stopping is raised
   * meanwhile. The result is that of `stopping`: while (!threads->wait(threads->context, 1000000000)) work();
   * [any-thread & starting, started, stopping] */
  int32_t (*wait)(void *context, uint64_t nanoseconds);
} swb_threads_v1;

/* Service "swb.imports.v1": calls into plugins that this one's manifest requires, pinned one by one, so that those can
 * be swapped underneath. What serves is what the host would bind in the range of the `requires` line. */
#define SWB_IMPORTS_SERVICE_V1 "swb.imports.v1"

/* An export of another plugin, bound. Opaque. OWNERSHIP: the host's; valid until swb_stop has returned. */
typedef struct swb_import_v1 swb_import_v1;

/* Room for one pin, on the caller's stack. Opaque: `enter` writes it, `leave` reads it. */
typedef struct swb_pin_v1 {
  uint64_t opaque[4];
} swb_pin_v1;

/* What the host answers in place of a plugin: far from any number that a plugin would choose as its own code. */
enum {
  /* The manifest has no `requires` line of that name: add one. */
  SWB_IMPORT_NOT_REQUIRED = -0x53570001,
  /* No version in the required range serves now: do without, or try again later. From `send` also: the process has no
   * room for another pin. */
  SWB_IMPORT_NOTHING_SERVES = -0x53570002,
  /* What serves declares no such export: a mistaken symbol, or a range that admits too much. */
  SWB_IMPORT_NO_SUCH_EXPORT = -0x53570003,
  /* Stopping has begun: bind in swb_start. */
  SWB_IMPORT_WRONG_PHASE = -0x53570004,
  /* A bug of the caller's: a NULL argument, or `send` through an import that is no message export. */
  SWB_IMPORT_MISUSED = -0x53570005,
  /* `reply` took no more of the bytes: the other plugin has answered, the caller did not want to know. */
  SWB_IMPORT_REPLY_REFUSED = -0x53570006
};

typedef struct swb_imports_v1 {
  void *context; /* hand it back to bind */

  /* Binds `symbol` of the plugin that a `requires` line names; both NUL-terminated. *import is set only where the
   * result is 0. Bind once, in swb_start, and keep it; the same names answer the same import. Takes a lock and may allocate.
   * 0 = bound. Else SWB_IMPORT_NOT_REQUIRED, _NOTHING_SERVES, _NO_SUCH_EXPORT, _WRONG_PHASE, _MISUSED.
   * [any-thread & starting, started] */
  int32_t (*bind)(void *context, const char *plugin, const char *symbol, const swb_import_v1 **import);

  /* Pins what serves the import now, and returns its function: cast it to its contract's type and call it until
   * `leave`, on this thread only. *instance (instance may be NULL) is set to what the other swb_start stored, for
   * contracts that take it. Pins nest, innermost first out. Calls inside one pin reach the same version; it is not
   * retired before `leave`.
   * NULL = nothing serves, or the import is a message export, which `send` is for: nothing is held, do not `leave`.
   * [any-thread & starting, started, stopping] */
  swb_function_v1 *(*enter)(const swb_import_v1 *import, swb_pin_v1 *pin, void **instance);

  /* Gives the pin back; the function and the instance are no longer to be used. A second time does nothing.
   * [same-thread & starting, started, stopping] */
  void (*leave)(swb_pin_v1 *pin);

  /* Calls a message export and waits for it. request: `count` bytes, borrowed; may be NULL where count is 0. The reply
   * goes to reply(sink, bytes, count), in one piece or several, on this thread, before `send` returns and after the
   * other plugin is left; reply may be NULL to ignore it; non-zero from it = no more, please.
   * 0 = answered. Else the other plugin's code, with its words as the reply, or SWB_IMPORT_NOTHING_SERVES, _MISUSED,
   * _REPLY_REFUSED.
   * [any-thread & starting, started, stopping] */
  int32_t (*send)(const swb_import_v1 *import, const uint8_t *request, size_t count, void *sink,
                  int32_t (*reply)(void *sink, const void *bytes, size_t count));
} swb_imports_v1;

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

/* Ends this generation: no call is inside and none will come, and the threads of swb.threads.v1 have ended. Free the
 * instance, join other threads, drop callbacks. Last call into the image; it may be unmapped afterwards. Has a time
 * limit, after which the image stays in memory.
 * [worker-thread & stopping] */
SWB_EXPORT void swb_stop(void *instance);

/* Says whether this generation can serve: asked before it does, and now and then while it is on probation or a canary,
 * where the host takes it back if it cannot. 0 = healthy; anything else = not, and the reply says why.
 * [worker-thread & started] */
SWB_EXPORT int32_t swb_health(void *instance, const swb_call_v1 *call);

/* Applies a configuration: `count` bytes of JSON, borrowed. 0 = applied; anything else = refused, nothing changed, and
 * the reply says why.
 * [worker-thread & started] */
SWB_EXPORT int32_t swb_configure(void *instance, const uint8_t *json, size_t count, const swb_call_v1 *call);

/* Writes the state to hand over as the reply, in the form of the manifest's `schema`. 0 = complete; anything else = no
 * state is handed over, and the reply says why. This generation may go on serving afterwards, with its state as it is:
 * change nothing. Unless the manifest says `state = live-ok`, no call is inside, and none comes before the hand-over has ended;
 * callers wait meanwhile, so the host limits its time, and the size of the state.
 * [worker-thread & started] */
SWB_EXPORT int32_t swb_save(void *instance, const swb_call_v1 *call);

/* Takes over `count` bytes of state, borrowed, in form `schema`, in place of what it has. 0 = taken; anything else =
 * not taken, this generation is not published, and the reply says why. Called before the first call; in a dry run too.
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

/* Declares the plugin's manifest: once, in one file. The text is `key = value` lines, each ending in \n:
 *   name = adder               what hosts know the plugin by: letters, digits, dots, hyphens, underscores, at most 64
 *   version = 1.2.0            a semantic version
 *   export = add               a C function for typed bindings; repeatable
 *   export = shout message     a function that SWB_MESSAGE defines
 *   export = add 00112233445566aa   the first with the digest of its contract
 *   requires = codec ^1.4      a plugin that must be loaded, and that swb.imports.v1 binds; npm's ranges; repeatable
 *   provides = codec ^1.4      what this plugin stands for under another name; repeatable
 *   schema = 1                 the form of the state that swb_save writes; without it no state is handed over
 *   state = live-ok            swb_save may run while calls are inside: nobody waits; what they change later is lost
 *   unload = clean             nothing of the image is in use after swb_stop, whatever it imports; the host looks at
 *                              the threads' stacks all the same
 * It becomes an ELF note (owner "Switchboard", type 0x5357,
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
SWB_STATIC_ASSERT(sizeof(swb_threads_v1) == 32, "swb_threads_v1");
SWB_STATIC_ASSERT(offsetof(swb_threads_v1, run) == 8, "swb_threads_v1.run");
SWB_STATIC_ASSERT(offsetof(swb_threads_v1, stopping) == 16, "swb_threads_v1.stopping");
SWB_STATIC_ASSERT(offsetof(swb_threads_v1, wait) == 24, "swb_threads_v1.wait");
SWB_STATIC_ASSERT(sizeof(swb_pin_v1) == 32, "swb_pin_v1");
SWB_STATIC_ASSERT(sizeof(swb_imports_v1) == 40, "swb_imports_v1");
SWB_STATIC_ASSERT(offsetof(swb_imports_v1, bind) == 8, "swb_imports_v1.bind");
SWB_STATIC_ASSERT(offsetof(swb_imports_v1, enter) == 16, "swb_imports_v1.enter");
SWB_STATIC_ASSERT(offsetof(swb_imports_v1, leave) == 24, "swb_imports_v1.leave");
SWB_STATIC_ASSERT(offsetof(swb_imports_v1, send) == 32, "swb_imports_v1.send");
SWB_STATIC_ASSERT(sizeof(swb_call_v1) == 88, "swb_call_v1");
SWB_STATIC_ASSERT(offsetof(swb_call_v1, write) == 8, "swb_call_v1.write");
SWB_STATIC_ASSERT(offsetof(swb_call_v1, cancelled) == 16, "swb_call_v1.cancelled");
SWB_STATIC_ASSERT(offsetof(swb_call_v1, deadline_ns) == 24, "swb_call_v1.deadline_ns");
SWB_STATIC_ASSERT(offsetof(swb_call_v1, traceparent) == 32, "swb_call_v1.traceparent");

#endif /* SWITCHBOARD_H */
