// fork(2): the child would share the records' mapping with its parent and write into the parent's cells. Its handler
// puts private memory in its place, at the same address, so that pins which are held across the fork stay valid.

#define _GNU_SOURCE
#include "cpin_process.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

// The forking thread's records as they were: after the fork the parent goes on changing the shared ones. Allocated by
// the first handler, freed by one of the others, in parent and child each. NULL: nothing to keep.
static __thread cpin_record *kept __attribute__((tls_model("initial-exec")));

void cpin_before_fork(void) {
    cpin_record *records = cpin_this_process.records;
    kept = NULL;
    if (cpin_self == NULL || cpin_self == &records[0]) return;
    size_t count = 1;
    for (cpin_record *record = cpin_self; record->next != 0; record = &records[record->next]) count++;
    kept = malloc(count * sizeof *kept);
    if (kept == NULL) return;
    cpin_record *copy = kept;
    for (cpin_record *record = cpin_self;; record = &records[record->next]) {
        memcpy(copy++, record, sizeof *record);
        if (record->next == 0) return;
    }
}

void cpin_after_fork_in_parent(void) {
    free(kept);
    kept = NULL;
}

void cpin_after_fork_in_child(void) {
    cpin_this_process.forked = true;
    uint32_t used = cpin_this_process.header->used;
    void *mapping = cpin_this_process.header;
    size_t size = cpin_mapping_size(cpin_this_process.capacity);
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
    if (mmap(mapping, size, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED) {
        // Cannot be, short of a strict overcommit limit. Without memory of its own the child must write nowhere: it
        // finds no record any more, so that its calls fail cleanly.
        cpin_this_process.capacity = 0;
        cpin_forget_record(NULL);
    } else {
        cpin_lay_out(used);
        cpin_record *record = cpin_self;
        for (cpin_record *copy = kept; copy != NULL; copy++) {
            memcpy(record, copy, sizeof *record);
            record->thread = (pid_t)syscall(SYS_gettid);
            if (copy->next == 0) break;
            record = &cpin_this_process.records[copy->next];
        }
    }
    free(kept);
    kept = NULL;
}
