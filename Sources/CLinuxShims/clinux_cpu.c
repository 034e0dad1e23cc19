#define _GNU_SOURCE
#include "clinux_cpu.h"

#include <errno.h>
#include <sched.h>

int clinux_stay_on_cpu(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0 ? 0 : errno;
}
