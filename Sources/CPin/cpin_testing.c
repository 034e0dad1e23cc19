#define _GNU_SOURCE
#include "cpin_testing.h"
#include "cpin.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int cpin_testing_forbid_membarrier(void) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0) return errno;
    return 0;
}

// The targets go round in a ring, so long that none comes back while a pin on it lasts. Each has a cache line: the
// poison, and a word whose address is announced.
enum { TARGETS = 65536 };
typedef struct target {
    long poisoned;
    void *word[7];
} target;

typedef struct race {
    void *route;
    char away_from_the_route[120];
    int cpu;
    bool attached;
    bool over;
    void **cell;
    long pins;
    long violations;
} race;

static bool run_on(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0;
}

static void *read_targets(void *argument) {
    race *race = argument;
    run_on(race->cpu);
    // The first pin attaches the thread and shows the cell that all later ones use.
    cpin_pin first = cpin_enter(&race->route, offsetof(target, word));
    if (first.cell != NULL) cpin_leave(first);
    race->cell = cpin_hint;
    __atomic_store_n(&race->attached, true, __ATOMIC_RELEASE); // with the writer's wait for it
    while (!__atomic_load_n(&race->over, __ATOMIC_RELAXED)) {
        for (int i = 0; i < 100; i++) {
            cpin_pin pin = cpin_enter(&race->route, offsetof(target, word));
            bool poisoned = false;
            // Relaxed: no data hangs on it. Four looks, so that a poisoning which is under way is met.
            for (int look = 0; look < 4; look++)
                poisoned |= __atomic_load_n(&((target *)pin.target)->poisoned, __ATOMIC_RELAXED) != 0;
            cpin_leave(pin);
            race->pins++;
            if (poisoned) __atomic_add_fetch(&race->violations, 1, __ATOMIC_RELAXED);
        }
    }
    return NULL;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static long swap_targets(race *race, target *ring, bool fenced, double seconds) {
    long swaps = 0;
    for (double end = now() + seconds; now() < end;) {
        for (int i = 0; i < 50; i++) {
            target *fresh = &ring[++swaps % TARGETS];
            __atomic_store_n(&fresh->poisoned, 0, __ATOMIC_RELAXED);
            target *old = cpin_publish(&race->route, fresh);
            if (fenced) cpin_heavy_fence();
            // W3 for the one reader there is: the shorter the way from W1, the better the chance to be too early.
            while (__atomic_load_n(race->cell, __ATOMIC_ACQUIRE) == (void *)old->word) {
            }
            __atomic_store_n(&old->poisoned, 1, __ATOMIC_RELAXED);
        }
        if (__atomic_load_n(&race->violations, __ATOMIC_RELAXED) >= 10) break;
    }
    return swaps;
}

cpin_litmus cpin_testing_litmus(bool fenced, double seconds) {
    cpin_litmus result = {0, 0, 0};
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) < 2) return result;
    int cpus[2], found = 0;
    for (int cpu = 0; found < 2; cpu++)
        if (CPU_ISSET(cpu, &allowed)) cpus[found++] = cpu;
    target *ring = aligned_alloc(sizeof(target), TARGETS * sizeof(target));
    if (ring == NULL) return result;
    for (int i = 0; i < TARGETS; i++) ring[i].poisoned = 0;

    race race = {.route = &ring[0], .cpu = cpus[1]};
    pthread_t reader;
    if (pthread_create(&reader, NULL, read_targets, &race) == 0) {
        run_on(cpus[0]);
        while (!__atomic_load_n(&race.attached, __ATOMIC_ACQUIRE)) sched_yield();
        result.swaps = swap_targets(&race, ring, fenced, seconds);
        __atomic_store_n(&race.over, true, __ATOMIC_RELAXED);
        pthread_join(reader, NULL);
        sched_setaffinity(0, sizeof allowed, &allowed);
    }
    free(ring);
    result.pins = race.pins;
    result.violations = race.violations;
    return result;
}
