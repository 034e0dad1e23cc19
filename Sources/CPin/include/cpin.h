// Pins: while a thread calls through a route, one of its hazard cells announces what it uses.
//
// A *route* is one word that holds the address of a *target*, a block of memory whose content this library does not
// know. A reader announces `target + offset`, the address of the one word in the target that it is about to use. So
// one store is three things: the hazard that keeps the target alive, the breadcrumb that says which thread is inside
// what, and the flight recorder, because the cells lie in a mapping that can outlive the process (cpin_records.h).
//
// Why a pin is safe
//
//   Reader                                                Writer
//   R1  store-release  cell = target + offset             W1  exchange (acq_rel) the route's target
//   R2  compiler barrier                                  W2  membarrier(2) PRIVATE_EXPEDITED, once per batch
//   R3  load-acquire the route; another target:           W3  load-acquire every cell of every record, poll until
//       take it, again from R1; else use it                   none lies inside the old target
//   R4  store-release  cell = NULL                        W4  free the old target
//
// W2 gives every thread a point P in its program order: what it did before P is visible after W2, and what the writer
// did before W2 is visible to it after P. Suppose R3 returned the old target.
//   * R1 before P: W3 sees the announcement, and waits; or it sees a later value of that cell. Every later value was
//     stored with release, by R4 or by a following R1, so what the call did happens before W4.
//   * R1 after P: then R3 is after P too and sees W1 or something newer. The old target is never published again (going
//     back to an old version makes a new target), so R3 did not return it: a contradiction.
// There is no third case: with P between R1 and R3 the first one holds, whatever order the CPU gives them.
// Once W2 is done, the set of cells that protect the old target only shrinks, so polling needs no second W2. A cell that
// briefly names a target which R3 then rejects only delays the writer. A record that W3 does not visit was claimed
// after P of its thread: the second case.
//
// Leases: a pin whose cell belongs to no thread, but lies in a record of its own kind (cpin_lease_enter). Its cell is
// claimed by compare-and-swap, announced and confirmed like any other (R1 and R3), never copied from another cell: a copy
// could be made behind the scan's back. So the proof above holds for it, with the thread that took it; whoever gives it
// back, on whatever thread, does so by R4. A call through a lease announces itself in the thread's own cell as well
// (cpin_announce), without R3: that cell names the thread and protects nothing. It is emptied before the lease is given
// back, so a scan that finds the lease's cell empty need not know whether it saw the other.
//
// Holds: a route is empty while its plugin's state is handed over, and its callers wait. Those that are inside the old
// target already pass through: they announce it (cpin_redirect) without finding it on the route, which R3 forbids. What
// makes up for R3 is said where it is done, in PluginRegistry's Hold.
//
// Without membarrier(2) the reader stores and loads sequentially consistently, out of line, and W2 is a fence: of the
// two threads at least one sees the other. No reader ever tests which mode it is: until a thread is attached, and always
// in sequential mode, its hint names a pair of cells that are for ever busy.
//
// Threads: everything here may be called from any thread. Signals: a handler may pin once its thread has pinned before
// (the first pin of a thread attaches it, which is not async-signal-safe). fork(2): see cpin_forked.

#ifndef CPIN_H
#define CPIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CPIN_INLINE static inline __attribute__((always_inline))

// R2: orders the compiler only, and pairs with W2, which orders the CPU when it matters. ThreadSanitizer does not know
// membarrier(2), so there it is a fence that it does know.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CPIN_LIGHT_FENCE() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif
#endif
#ifndef CPIN_LIGHT_FENCE
#define CPIN_LIGHT_FENCE() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#endif

// What cpin_enter found. `target` NULL and `cell` not: the route is empty, the pin is held all the same. Both NULL:
// there was no cell to be had, nothing is held.
typedef struct cpin_pin {
    void *_Nullable target;
    void *_Nullable *_Nullable cell;
} cpin_pin;

// The thread's lowest cell. Initial-exec: one load relative to the thread pointer, never a call of __tls_get_addr.
extern __thread void *_Nullable *_Nonnull cpin_hint __attribute__((tls_model("initial-exec")));

// The same pin out of line: attaches the thread, serves the third nesting level and deeper, and sequential mode.
cpin_pin cpin_enter_slowly(void *_Nullable const *_Nonnull route, size_t offset);

// Takes a pin on what `route` holds. `offset` (> 0) is that of the word in the target that the caller is about to use.
// Pins nest, innermost first out. Whoever holds a pin may use the target until cpin_leave, on this thread only.
CPIN_INLINE cpin_pin cpin_enter(void *_Nullable const *_Nonnull route, size_t offset) {
    void **cell = cpin_hint;
    // Relaxed: only this thread writes its cells. The lowest free cell is taken, so cells in order are the call stack.
    if (__builtin_expect(__atomic_load_n(cell, __ATOMIC_RELAXED) != NULL, 0)) {
        ++cell;
        if (__builtin_expect(__atomic_load_n(cell, __ATOMIC_RELAXED) != NULL, 0))
            return cpin_enter_slowly(route, offset);
    }
    // Relaxed: a guess, which R3 confirms.
    void *target = __atomic_load_n(route, __ATOMIC_RELAXED);
    for (;;) {
        // R1. Release, with W3: a scan that sees this value has also seen the end of this cell's previous call.
        __atomic_store_n(cell, (void *)((uintptr_t)target + offset), __ATOMIC_RELEASE);
        CPIN_LIGHT_FENCE();
        // R3. Acquire, with W1: the target's content is visible.
        void *confirmed = __atomic_load_n(route, __ATOMIC_ACQUIRE);
        if (__builtin_expect(confirmed == target, 1)) return (cpin_pin){target, cell};
        target = confirmed;
    }
}

// Gives a pin back. Only for a pin whose `cell` is not NULL.
CPIN_INLINE void cpin_leave(cpin_pin pin) {
    // R4. Release, with W3: all that the call did comes before the target is freed.
    __atomic_store_n(pin.cell, NULL, __ATOMIC_RELEASE);
}

// Announces the word at `address` in the lowest free cell of this thread, for a call whose target a lease or another pin
// protects meanwhile. Innermost first out, by cpin_leave or cpin_silence. Where there is no cell to be had the call goes
// unannounced: what is returned is then a word that nobody scans.
void *_Nullable *_Nonnull cpin_announce_slowly(void *_Nonnull address);

CPIN_INLINE void *_Nullable *_Nonnull cpin_announce(void *_Nonnull address) {
    void **cell = cpin_hint;
    // Relaxed: as in cpin_enter.
    if (__builtin_expect(__atomic_load_n(cell, __ATOMIC_RELAXED) != NULL, 0)) {
        ++cell;
        if (__builtin_expect(__atomic_load_n(cell, __ATOMIC_RELAXED) != NULL, 0)) return cpin_announce_slowly(address);
    }
    // Release, with W3: as R1.
    __atomic_store_n(cell, address, __ATOMIC_RELEASE);
    return cell;
}

// Empties what cpin_announce has returned.
CPIN_INLINE void cpin_silence(void *_Nullable *_Nonnull cell) {
    // R4. Release, with W3: the call comes before the target is freed.
    __atomic_store_n(cell, NULL, __ATOMIC_RELEASE);
}

// Takes a pin that belongs to no thread. Out of line: a compare-and-swap, and once in 61 leases a search. Its cell stays
// when the thread ends. May be called wherever cpin_enter may.
cpin_pin cpin_lease_enter(void *_Nullable const *_Nonnull route, size_t offset);

// Gives a lease back, on any thread; what the holders of the lease did comes first. Only where its `cell` is not NULL.
CPIN_INLINE void cpin_lease_leave(cpin_pin lease) { cpin_leave(lease); }

// Makes a pin that found its route empty announce `target + offset`. Sequentially consistent, and no proof by itself:
// only for a caller who is inside already, and checks that after this.
CPIN_INLINE cpin_pin cpin_redirect(cpin_pin pin, void *_Nonnull target, size_t offset) {
    __atomic_store_n(pin.cell, (void *)((uintptr_t)target + offset), __ATOMIC_SEQ_CST);
    return (cpin_pin){target, pin.cell};
}

// What the route holds, to compare only: without a pin it may not be used.
CPIN_INLINE void *_Nullable cpin_peek(void *_Nullable const *_Nonnull route) {
    // Acquire, with W1: what its writer did before is visible.
    return __atomic_load_n(route, __ATOMIC_ACQUIRE);
}

// W1: makes `target` what the route holds, and returns what it held before.
CPIN_INLINE void *_Nullable cpin_publish(void *_Nullable *_Nonnull route, void *_Nullable target) {
    // Release, with R3: the content of the new target. Acquire, with the previous writer's release: that of the old one.
    return __atomic_exchange_n(route, target, __ATOMIC_ACQ_REL);
}

// What protects a pin, chosen once at the start.
typedef enum cpin_mode {
    CPIN_UNSTARTED = 0,
    // Plain stores in the reader, membarrier(2) in the writer.
    CPIN_ASYMMETRIC = 1,
    // Sequentially consistent stores in the reader: the kernel offered no membarrier(2), or it was asked for.
    CPIN_SEQUENTIAL = 2,
    // membarrier(2) failed after the start. Calls go on; nothing may be freed any more, until the process ends.
    CPIN_DEGRADED = 3,
} cpin_mode;

typedef struct cpin_options {
    // A file to hold the records, preferably on tmpfs (write-back to a disk can stall a store); it is emptied and
    // extended sparsely. Borrowed: may be closed after the start. -1: memory that ends with the process.
    int file;
    // How many records there shall be, each one thread (or 61 more nesting levels of one); 0 = 65,536.
    uint32_t capacity;
    // Do without membarrier(2).
    bool sequential;
} cpin_options;

// Starts the pins of this process. The first call decides, for the life of the process. Returns 0; EALREADY when they
// were started before (`options` had no effect); or the error number of ftruncate(2), mmap(2), pthread_key_create(3).
int cpin_start(cpin_options options);

// What protects pins now.
cpin_mode cpin_current_mode(void);

// Whether this process is a fork(2)ed child of one that had started its pins. It has private records: its calls go on
// and touch nothing of the parent's. It must not free targets. (Not for a child of vfork(2) or clone(2): it may only exec.)
bool cpin_forked(void);

// W2, one for any number of targets. False: pins are degraded, and no target may be freed any more.
bool cpin_heavy_fence(void);

// A cell that lies inside the range that was asked for.
typedef struct cpin_holder {
    // The thread, as of gettid(2); 0 for a lease, and for a thread that is past its last thread-local destructor.
    pid_t thread;
    bool lease;
    // What it announced: target + offset.
    const void *_Nonnull address;
} cpin_holder;

// W3: how many cells lie in [begin, end), in all threads; the first `capacity` of them in `holders`. After W1 and W2,
// zero means: never again.
size_t cpin_holders(
    const void *_Nonnull begin, const void *_Nonnull end, cpin_holder *_Nullable holders, size_t capacity);

// Whether the calling thread itself holds a pin in [begin, end), or is in a call through a lease there.
bool cpin_held_by_this_thread(const void *_Nonnull begin, const void *_Nonnull end);

// Like cpin_held_by_this_thread, leaving `except` out, a cell of the caller's own.
bool cpin_held_by_this_thread_elsewhere(
    const void *_Nonnull begin, const void *_Nonnull end, void *_Nullable const *_Nullable except);

// Whether the calling thread seems to be in a signal handler: it blocks a signal that it did not block when it made its
// first pin. The kernel does that for a handler, unless it was installed with SA_NODEFER and an empty mask; a thread that
// blocks more signals by itself later on looks the same. A guess, for those who would otherwise wait in a handler.
bool cpin_seems_in_handler(void);

// A small number that no other living thread has, where the thread has made a pin; else 0.
uint32_t cpin_thread_number(void);

#endif
