// What only the tests of the pins may call: it takes something away from the whole process, or keeps CPUs busy.

#ifndef CPIN_TESTING_H
#define CPIN_TESTING_H

#include <stdbool.h>

// Makes membarrier(2) fail with EPERM from now on, in all threads, for the life of the process: a seccomp(2) filter, as
// a sandbox would install it. Returns 0 or an error number.
int cpin_testing_forbid_membarrier(void);

typedef struct cpin_litmus {
    // How many targets were published and then poisoned, and how many pins the reader took meanwhile.
    long swaps;
    long pins;
    // How many pins led to a target that was poisoned while it was held.
    long violations;
} cpin_litmus;

// The smallest race there is: one thread pins and reads, the other publishes, looks at the reader's cell, and poisons.
// Each has a CPU of its own. Without W2 (`fenced` false) the announcement may still be on its way when the writer looks.
// Ends after `seconds`, or at the tenth violation. Where there are no two CPUs to run on, `swaps` is 0. Wants a process
// in asymmetric mode.
cpin_litmus cpin_testing_litmus(bool fenced, double seconds);

#endif
