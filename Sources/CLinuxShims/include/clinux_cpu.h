#ifndef CLINUX_CPU_H
#define CLINUX_CPU_H

// Keeps the calling thread on one CPU. Returns 0 or the error number of sched_setaffinity(2); the thread then stays
// where it may run. Why: Glibc's Swift module has neither the function nor CPU_SET(3).
int clinux_stay_on_cpu(int cpu);

#endif
