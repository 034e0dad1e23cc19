// What the files of this target share: the process's one mapping of records.

#ifndef CPIN_PROCESS_H
#define CPIN_PROCESS_H

#include "cpin.h"
#include "cpin_records.h"
#include <pthread.h>

// Stored in a cell that is claimed and announces nothing yet. No target lies there.
#define CPIN_BUSY ((void *)1)

typedef struct cpin_process {
    // cpin_mode. Release, with the acquire of whoever must see the other fields; only ever goes up.
    uint32_t mode;
    bool forked;
    cpin_header *header;
    // Follows the header in the mapping.
    cpin_record *records;
    uint32_t capacity;
    // Its destructor frees the thread's records.
    pthread_key_t key;
} cpin_process;

extern cpin_process cpin_this_process;

// The calling thread's first record; NULL: not attached; record 0: past its destructor.
extern __thread cpin_record *cpin_self __attribute__((tls_model("initial-exec")));

// The record that the calling thread takes its leases from; NULL: none yet.
extern __thread cpin_record *cpin_lease_home __attribute__((tls_model("initial-exec")));

// The lowest free record, now one of `owner` (CPIN_THREADS or CPIN_LEASES), or NULL where all are in use.
cpin_record *cpin_claim_record(uint32_t owner);

// The calling thread's first record, claimed where it has none; record 0 past its destructor; NULL: there is none.
cpin_record *cpin_attached(void);

// Claims a free cell among those that several threads share, or NULL. It holds CPIN_BUSY then.
void **cpin_claim_cell(cpin_record *record);

// Lets other threads take their leases from this thread's home.
void cpin_leave_lease_home(void);

// R1 and R3 for a cell of the caller's, in the one order that W2's fence is in, too: sequential mode has nothing else.
static inline cpin_pin cpin_confirm(void **cell, void *const *route, size_t offset) {
    void *target = __atomic_load_n(route, __ATOMIC_RELAXED);
    for (;;) {
        __atomic_store_n(cell, (void *)((uintptr_t)target + offset), __ATOMIC_SEQ_CST);
        void *confirmed = __atomic_load_n(route, __ATOMIC_SEQ_CST);
        if (confirmed == target) return (cpin_pin){target, cell};
        target = confirmed;
    }
}

// From now on the calling thread pins out of line, with cells of `successor`; NULL: it attaches again.
void cpin_forget_record(cpin_record *successor);

// Empties and frees the calling thread's records: the destructor of `key`.
void cpin_detach(void *first_record);

// The handlers for pthread_atfork(3).
void cpin_before_fork(void);
void cpin_after_fork_in_parent(void);
void cpin_after_fork_in_child(void);

// Writes the header and record 0 into a mapping that is zero.
void cpin_lay_out(uint32_t used);

// How many bytes the mapping has.
size_t cpin_mapping_size(uint32_t capacity);

#endif
