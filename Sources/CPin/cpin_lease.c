// Leases: cells that belong to no thread. Each thread takes them from a record that it calls home, so that threads do not
// write to each other's cache lines; a home whose thread has ended, or moved on because it was full, is the next one's.

#include "cpin_process.h"

__thread cpin_record *cpin_lease_home __attribute__((tls_model("initial-exec"))) = NULL;

void cpin_leave_lease_home(void) {
    if (cpin_lease_home == NULL) return;
    // Release, with the compare-and-swap in `in_records_of_leases`: nothing hangs on it but whose home it is.
    __atomic_store_n(&cpin_lease_home->home, 0, __ATOMIC_RELEASE);
    cpin_lease_home = NULL;
}

// A cell of any record of leases that has room; NULL: none has. `settling`: passes over other threads' homes, and makes
// the record this thread's home.
static void **in_records_of_leases(bool settling) {
    // Sequentially consistent, with `cpin_claim_record`: in sequential mode a scan that comes after R1 visits the record.
    uint32_t used = __atomic_load_n(&cpin_this_process.header->used, __ATOMIC_SEQ_CST);
    for (uint32_t index = 1; index < used; index++) {
        cpin_record *record = &cpin_this_process.records[index];
        if (__atomic_load_n(&record->owned, __ATOMIC_SEQ_CST) != CPIN_LEASES) continue;
        uint32_t nobody = 0;
        if (settling &&
            !__atomic_compare_exchange_n(&record->home, &nobody, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            continue;
        void **cell = cpin_claim_cell(record);
        if (settling && cell == NULL) __atomic_store_n(&record->home, 0, __ATOMIC_RELEASE);
        if (cell == NULL) continue;
        if (settling) cpin_lease_home = record;
        return cell;
    }
    return NULL;
}

static void **free_lease_cell(void) {
    cpin_record *self = cpin_attached();
    // A thread past its destructor, or that found no record for itself, cannot give a home back: it has none.
    bool settles = self != NULL && self != &cpin_this_process.records[0];
    void **cell = cpin_lease_home != NULL ? cpin_claim_cell(cpin_lease_home) : NULL;
    if (cell != NULL) return cell;
    cpin_leave_lease_home();
    if (settles) cell = in_records_of_leases(true);
    if (cell != NULL) return cell;
    // Those without a home share what there is before they claim more.
    if (!settles) cell = in_records_of_leases(false);
    if (cell != NULL) return cell;
    cpin_record *record = cpin_claim_record(CPIN_LEASES);
    if (record == NULL) return in_records_of_leases(false);
    if (settles) {
        uint32_t nobody = 0;
        // Another thread may have found the record first, and settled; then this one only takes a cell.
        if (__atomic_compare_exchange_n(&record->home, &nobody, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            cpin_lease_home = record;
    }
    cell = cpin_claim_cell(record);
    return cell != NULL ? cell : in_records_of_leases(false);
}

cpin_pin cpin_lease_enter(void *const *route, size_t offset) {
    // Acquire inside: the mapping is there.
    if (cpin_current_mode() == CPIN_UNSTARTED) return (cpin_pin){NULL, NULL};
    void **cell = free_lease_cell();
    return cell != NULL ? cpin_confirm(cell, route, offset) : (cpin_pin){NULL, NULL};
}
