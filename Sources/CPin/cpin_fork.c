// fork(2): the child would share the records' mapping with its parent and write into the parent's cells. Its handler
// puts private memory in its place, at the same address, so that pins which are held across the fork stay valid.

#define _GNU_SOURCE
#include "cpin_process.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

// A record as it was: after the fork the parent goes on changing the shared ones.
typedef struct kept_record {
    uint32_t index;
    cpin_record record;
} kept_record;

// The forking thread's records, and all the leases, since nobody can tell whose they are. Allocated by the first handler,
// freed by one of the others, in parent and child each. NULL: nothing to keep.
static __thread kept_record *kept __attribute__((tls_model("initial-exec")));
static __thread size_t kept_count __attribute__((tls_model("initial-exec")));

// Copies what the child will need into `copies`, as far as there is room; returns how many records those are.
static size_t copy_records(kept_record *copies, size_t room) {
    cpin_record *records = cpin_this_process.records;
    size_t count = 0;
    for (cpin_record *own = cpin_self; own != NULL && own != &records[0];) {
        if (count < room) copies[count] = (kept_record){(uint32_t)(own - records), *own};
        count++;
        own = own->next != 0 ? &records[own->next] : NULL;
    }
    uint32_t used = __atomic_load_n(&cpin_this_process.header->used, __ATOMIC_RELAXED);
    for (uint32_t index = 1; index < used; index++) {
        cpin_record *record = &records[index];
        // Acquire, with `cpin_claim_record`.
        if (__atomic_load_n(&record->owned, __ATOMIC_ACQUIRE) != CPIN_LEASES) continue;
        if (count < room) {
            copies[count] = (kept_record){.index = index, .record = {.owned = CPIN_LEASES, .sentinel = CPIN_BUSY}};
            // Relaxed: other threads take leases and give them back. What matters is held across the fork.
            for (int i = 0; i < CPIN_CELLS; i++)
                copies[count].record.cell[i] = __atomic_load_n(&record->cell[i], __ATOMIC_RELAXED);
            copies[count].record.home = record == cpin_lease_home;
        }
        count++;
    }
    return count;
}

void cpin_before_fork(void) {
    kept_count = copy_records(NULL, 0);
    kept = kept_count > 0 ? malloc(kept_count * sizeof *kept) : NULL;
    size_t found = kept != NULL ? copy_records(kept, kept_count) : 0;
    // Another thread may have claimed a record for leases meanwhile: none that this one holds.
    if (found < kept_count) kept_count = found;
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
        cpin_lease_home = NULL;
        cpin_forget_record(NULL);
    } else {
        cpin_lay_out(used);
        for (size_t i = 0; i < kept_count; i++) {
            cpin_record *record = &cpin_this_process.records[kept[i].index];
            memcpy(record, &kept[i].record, sizeof *record);
            if (record->owned == CPIN_THREADS) record->thread = (pid_t)syscall(SYS_gettid);
        }
    }
    free(kept);
    kept = NULL;
}
