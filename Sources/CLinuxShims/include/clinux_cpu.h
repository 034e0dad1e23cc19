#ifndef CLINUX_CPU_H
#define CLINUX_CPU_H

// Keeps the calling thread on one CPU. Returns 0 or the error number of sched_setaffinity(2); the thread then stays
// where it may run. Why: Glibc's Swift module has neither the function nor CPU_SET(3).
int clinux_stay_on_cpu(int cpu);

// The x86-64 micro-architecture level (x86-64 psABI, "Micro-Architecture Levels") that processor and kernel offer, 1 to 4;
// 0 on another machine. AArch64 has no levels: its images test for what they use. Why: cpuid and xgetbv need C.
int clinux_x86_level(void);

#endif
