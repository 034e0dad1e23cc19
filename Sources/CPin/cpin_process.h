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
