// A thread's records: claimed by its first pin, and by its 62nd nesting level; freed when it ends.

#define _GNU_SOURCE
#include "cpin_process.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

// Two cells that nobody ever finds free. Both are only read.
static void *busy_pair[2] = {CPIN_BUSY, CPIN_BUSY};

__thread void **cpin_hint __attribute__((tls_model("initial-exec"))) = busy_pair;
__thread cpin_record *cpin_self __attribute__((tls_model("initial-exec"))) = NULL;

// Where a call announces itself that found no free cell.
static __thread void *unseen __attribute__((tls_model("initial-exec")));
// The first 64 signals, all there are but on MIPS, that the thread blocked when it was attached.
static __thread uint64_t blocked_before __attribute__((tls_model("initial-exec")));

static uint64_t blocked_signals(void) {
    sigset_t blocked;
    if (pthread_sigmask(SIG_SETMASK, NULL, &blocked) != 0) return 0;
    uint64_t first;
    memcpy(&first, &blocked, sizeof first);
    return first;
}

bool cpin_seems_in_handler(void) { return cpin_self != NULL && (blocked_signals() & ~blocked_before) != 0; }

// Asks for the record's page, which no thread has used yet: a file system without room would answer a store with SIGBUS.
static bool has_backing(cpin_record *record) {
    uintptr_t page = (uintptr_t)record & ~(uintptr_t)(sysconf(_SC_PAGESIZE) - 1);
    return madvise((void *)page, CPIN_RECORD_SIZE, MADV_POPULATE_WRITE) == 0 || errno == EINVAL;
}

// Makes scans visit the record. Sequentially consistent: in sequential mode it comes before R1 in the one order that
// W2's fence is in, too. In asymmetric mode it is before P when R1 is.
static void include_in_scans(uint32_t index) {
    uint32_t *used = &cpin_this_process.header->used;
    uint32_t seen = __atomic_load_n(used, __ATOMIC_RELAXED);
    while (seen <= index &&
           !__atomic_compare_exchange_n(used, &seen, index + 1, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
    }
}

cpin_record *cpin_claim_record(uint32_t owner) {
    uint32_t used = __atomic_load_n(&cpin_this_process.header->used, __ATOMIC_RELAXED);
    for (uint32_t index = 1; index < cpin_this_process.capacity; index++) {
        cpin_record *record = &cpin_this_process.records[index];
        if (index >= used && !has_backing(record)) return NULL;
        uint32_t free = CPIN_FREE;
        if (__atomic_load_n(&record->owned, __ATOMIC_RELAXED) != free) continue;
        // Acquire, with the release in `free_record`: the previous owner's last stores are behind us.
        // Sequentially consistent for the same reason as `include_in_scans`: a scan passes over records that are free.
        if (!__atomic_compare_exchange_n(&record->owned, &free, owner, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
            continue;
        record->sentinel = CPIN_BUSY;
        // Relaxed, with the relaxed load of a scan: a number for people.
        pid_t thread = owner == CPIN_THREADS ? (pid_t)syscall(SYS_gettid) : 0;
        __atomic_store_n(&record->thread, thread, __ATOMIC_RELAXED);
        include_in_scans(index);
        return record;
    }
    return NULL;
}

static void free_record(cpin_record *record) {
    // Release, with W3: the frames are gone, and what they did comes before a target is freed.
    for (int i = 0; i < CPIN_CELLS; i++) __atomic_store_n(&record->cell[i], NULL, __ATOMIC_RELEASE);
    __atomic_store_n(&record->thread, 0, __ATOMIC_RELAXED);
    record->next = 0;
    // Release, with the compare-and-swap in `cpin_claim_record`.
    __atomic_store_n(&record->owned, CPIN_FREE, __ATOMIC_RELEASE);
}

static cpin_record *attach(void) {
    // Acquire inside: the mapping is there.
    if (cpin_current_mode() == CPIN_UNSTARTED) return NULL;
    cpin_record *record = cpin_claim_record(CPIN_THREADS);
    if (record == NULL) return NULL;
    if (pthread_setspecific(cpin_this_process.key, record) != 0) {
        free_record(record);
        return NULL;
    }
    cpin_self = record;
    blocked_before = blocked_signals();
    if (cpin_current_mode() != CPIN_SEQUENTIAL) cpin_hint = &record->cell[0];
    return record;
}

void cpin_forget_record(cpin_record *successor) {
    cpin_hint = busy_pair;
    cpin_self = successor;
}

void cpin_detach(void *first_record) {
    cpin_record *records = cpin_this_process.records;
    // Destructors of keys made later than ours may still call plugins. They take single cells of record 0, which they
    // give back themselves: nobody would free a record for them.
    cpin_leave_lease_home();
    cpin_forget_record(&records[0]);
    for (cpin_record *record = first_record; record != NULL;) {
        uint32_t next = record->next;
        free_record(record);
        record = next != 0 ? &records[next] : NULL;
    }
}

void **cpin_claim_cell(cpin_record *record) {
    for (int i = 0; i < CPIN_CELLS; i++) {
        void *free = NULL;
        if (__atomic_load_n(&record->cell[i], __ATOMIC_RELAXED) != free) continue;
        // Acquire, with the R4 of whoever had the cell before.
        if (__atomic_compare_exchange_n(&record->cell[i], &free, CPIN_BUSY, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return &record->cell[i];
    }
    return NULL;
}

cpin_record *cpin_attached(void) { return cpin_self != NULL ? cpin_self : attach(); }

uint32_t cpin_thread_number(void) {
    return cpin_self != NULL ? (uint32_t)(cpin_self - cpin_this_process.records) : 0;
}

// The lowest free cell of this thread; NULL where no record is to be had.
static void **free_cell(void) {
    cpin_record *record = cpin_attached();
    if (record == NULL) return NULL;
    if (record == &cpin_this_process.records[0]) return cpin_claim_cell(record);
    for (;;) {
        // Relaxed: only this thread writes its cells.
        for (int i = 0; i < CPIN_CELLS; i++)
            if (__atomic_load_n(&record->cell[i], __ATOMIC_RELAXED) == NULL) return &record->cell[i];
        if (record->next == 0) {
            cpin_record *deeper = cpin_claim_record(CPIN_THREADS);
            if (deeper == NULL) return NULL;
            record->next = (uint32_t)(deeper - cpin_this_process.records);
        }
        record = &cpin_this_process.records[record->next];
    }
}

cpin_pin cpin_enter_slowly(void *const *route, size_t offset) {
    void **cell = free_cell();
    if (cell == NULL) return (cpin_pin){NULL, NULL};
    return cpin_confirm(cell, route, offset);
}

void **cpin_announce_slowly(void *address) {
    void **cell = free_cell();
    if (cell == NULL) return &unseen;
    __atomic_store_n(cell, address, __ATOMIC_RELEASE);
    return cell;
}

bool cpin_held_by_this_thread(const void *begin, const void *end) {
    return cpin_held_by_this_thread_elsewhere(begin, end, NULL);
}

bool cpin_held_by_this_thread_elsewhere(const void *begin, const void *end, void *const *except) {
    cpin_record *record = cpin_self;
    cpin_record *records = cpin_this_process.records;
    while (record != NULL && record != &records[0]) {
        for (int i = 0; i < CPIN_CELLS; i++) {
            // Relaxed: only this thread writes its cells.
            uintptr_t value = (uintptr_t)__atomic_load_n(&record->cell[i], __ATOMIC_RELAXED);
            if (value >= (uintptr_t)begin && value < (uintptr_t)end && &record->cell[i] != except) return true;
        }
        record = record->next != 0 ? &records[record->next] : NULL;
    }
    return false;
}
