// The writer's half: the heavy fence, and the scan over all cells.

#define _GNU_SOURCE
#include "cpin_process.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

bool cpin_heavy_fence(void) {
    // In sequential mode this is all of W2; it pairs with R1 and R3 in cpin_enter_slowly. Else it orders W1 for us.
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    switch (cpin_current_mode()) {
    case CPIN_SEQUENTIAL:
        return true;
    case CPIN_ASYMMETRIC:
        if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0) return true;
        // Relaxed would do: a thread that has not seen this yet finds out for itself. For ever, because one fence that
        // did not happen leaves calls that no later scan can account for.
        __atomic_store_n(&cpin_this_process.mode, CPIN_DEGRADED, __ATOMIC_RELEASE);
        return false;
    case CPIN_DEGRADED:
    case CPIN_UNSTARTED:
        return false;
    }
    return false;
}

size_t cpin_holders(const void *begin, const void *end, cpin_holder *holders, size_t capacity) {
    if (cpin_current_mode() == CPIN_UNSTARTED) return 0;
    size_t count = 0;
    // Sequentially consistent, like the scan's other load below, with `cpin_claim_record`: see there.
    uint32_t used = __atomic_load_n(&cpin_this_process.header->used, __ATOMIC_SEQ_CST);
    for (uint32_t index = 0; index < used; index++) {
        cpin_record *record = &cpin_this_process.records[index];
        // Acquire, with the release in `free_record`: a free record's calls are over.
        uint32_t owner = __atomic_load_n(&record->owned, __ATOMIC_SEQ_CST);
        if (owner == CPIN_FREE) continue;
        for (int i = 0; i < CPIN_CELLS; i++) {
            // W3. Acquire, with R4, and with the R1 of a later call through the same cell.
            void *value = __atomic_load_n(&record->cell[i], __ATOMIC_ACQUIRE);
            if ((uintptr_t)value < (uintptr_t)begin || (uintptr_t)value >= (uintptr_t)end) continue;
            if (count < capacity) {
                pid_t thread = __atomic_load_n(&record->thread, __ATOMIC_RELAXED);
                holders[count] = (cpin_holder){thread, owner == CPIN_LEASES, value};
            }
            count++;
        }
    }
    return count;
}
