// The start of the pins: one mapping, one mode, for the life of the process.

#define _GNU_SOURCE
#include "cpin_process.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

cpin_process cpin_this_process;

size_t cpin_mapping_size(uint32_t capacity) { return (size_t)CPIN_RECORD_SIZE * ((size_t)capacity + 1); }

void cpin_lay_out(uint32_t used) {
    cpin_header *header = cpin_this_process.header;
    *header = (cpin_header){
        .magic = CPIN_MAGIC,
        .version = CPIN_LAYOUT_VERSION,
        .record_size = CPIN_RECORD_SIZE,
        .capacity = cpin_this_process.capacity,
        .used = used,
        .process = getpid(),
        .cells = CPIN_CELLS,
    };
    cpin_this_process.records[0].owned = CPIN_THREADS;
    cpin_this_process.records[0].sentinel = CPIN_BUSY;
}

static int map_records(int file, uint32_t capacity) {
    size_t size = cpin_mapping_size(capacity);
    // Emptied first, so that a file which was used before reads as zero.
    if (file >= 0 && (ftruncate(file, 0) != 0 || ftruncate(file, (off_t)size) != 0)) return errno;
    int flags = MAP_SHARED | MAP_NORESERVE | (file >= 0 ? 0 : MAP_ANONYMOUS);
    void *mapping = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, file, 0);
    if (mapping == MAP_FAILED) return errno;
    // A file system without room would answer the first store with SIGBUS; this asks beforehand (Linux 5.14).
    if (madvise(mapping, CPIN_RECORD_SIZE, MADV_POPULATE_WRITE) != 0 && errno != EINVAL) {
        int error = errno;
        munmap(mapping, size);
        return error == EFAULT ? ENOSPC : error;
    }
    cpin_this_process.header = mapping;
    cpin_this_process.records = (cpin_record *)((char *)mapping + CPIN_RECORD_SIZE);
    cpin_this_process.capacity = capacity;
    return 0;
}

static int start(cpin_options options) {
    int error = pthread_key_create(&cpin_this_process.key, cpin_detach);
    if (error != 0) return error;
    error = map_records(options.file, options.capacity != 0 ? options.capacity : CPIN_DEFAULT_CAPACITY);
    if (error == 0) {
        cpin_lay_out(1);
        error = pthread_atfork(cpin_before_fork, cpin_after_fork_in_parent, cpin_after_fork_in_child);
        if (error != 0) munmap(cpin_this_process.header, cpin_mapping_size(cpin_this_process.capacity));
    }
    if (error != 0) {
        pthread_key_delete(cpin_this_process.key);
        return error;
    }
    // EINVAL, ENOSYS (an old kernel) and EPERM (a seccomp filter) all mean: do without.
    bool asymmetric =
        !options.sequential && syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
    // Release, with the acquire in cpin_current_mode: the mapping is there.
    __atomic_store_n(&cpin_this_process.mode, asymmetric ? CPIN_ASYMMETRIC : CPIN_SEQUENTIAL, __ATOMIC_RELEASE);
    return 0;
}

int cpin_start(cpin_options options) {
    static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&once);
    int error = cpin_current_mode() != CPIN_UNSTARTED ? EALREADY : start(options);
    pthread_mutex_unlock(&once);
    return error;
}

cpin_mode cpin_current_mode(void) {
    // Acquire, with the release at the end of `start`.
    return (cpin_mode)__atomic_load_n(&cpin_this_process.mode, __ATOMIC_ACQUIRE);
}

bool cpin_forked(void) { return cpin_this_process.forked; }
