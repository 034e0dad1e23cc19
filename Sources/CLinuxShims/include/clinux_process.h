/* Other processes: what needs _GNU_SOURCE, varargs or a system call that the C library does not wrap. No policy lives here.
 * Every function is callable on any thread. */
#ifndef CLINUX_PROCESS_H
#define CLINUX_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* How a program that was started hangs together with this process. */
typedef enum clinux_bond {
  clinux_own_group,   /* in a process group of its own */
  clinux_own_session, /* in a session of its own */
  clinux_leashed,     /* in a group of its own, and killed when the thread that starts it ends, with the process or before */
} clinux_bond;

/* Starts a program: with these descriptors as 0, 1, 2, … and no others, no signal blocked or ignored. `arguments` and
 * `environment` end in NULL and are borrowed. Returns 0 with *process set, else an error number. The caller reaps it.
 * By posix_spawn(3), which a process of any size affords; leashed by fork(2). */
int clinux_spawn(pid_t *_Nonnull process, const char *_Nonnull path, char *_Nullable const *_Nonnull arguments,
                 char *_Nullable const *_Nonnull environment, const int *_Nonnull descriptors, size_t count,
                 clinux_bond bond);

/* pidfd_open(2), close-on-exec: readable when the process has ended. -1 on failure, errno says why. */
int clinux_process_descriptor(pid_t process);

/* pidfd_send_signal(2): never another process that has taken the number over. -1 on failure. */
int clinux_signal_process(int descriptor, int signal);

/* How a child has ended (waitid(2)). */
typedef struct clinux_child_end {
  pid_t process; /* 0: none has ended */
  int code;      /* CLD_EXITED, CLD_KILLED, CLD_DUMPED */
  int status;    /* the exit code, or the signal */
} clinux_child_end;

/* Reaps the child of a process descriptor, waiting for its end if `waits`. 0, else an error number: ECHILD where somebody
 * else has reaped it. */
int clinux_reap(int descriptor, bool waits, clinux_child_end *_Nonnull end);

/* Reaps whichever child has ended, without waiting. 0, else an error number: ECHILD where there is no child at all. */
int clinux_reap_any(clinux_child_end *_Nonnull end);

/* prctl(2): orphaned descendants become children of this process, and not of init. -1 on failure. */
int clinux_adopt_orphans(void);

/* prctl(2): SIGKILL for this process when the thread that made it ends. -1 on failure. */
int clinux_die_with_parent(void);

/* No core dump, not even one piped to a program (core(5)), and so many seconds of processor time, for this process and
 * those that it starts. -1 on failure. */
int clinux_limit_process(uint64_t processor_seconds);

/* environ(7): this process's variables, `NAME=value`, ended by NULL. Borrowed; whoever changes them races with the reader. */
char *_Nullable *_Nullable clinux_environment(void);

/* pipe2(2), close-on-exec, the read end non-blocking. -1 on failure. The caller closes both. */
int clinux_pipe(int *_Nonnull read_end, int *_Nonnull write_end);

#endif /* CLINUX_PROCESS_H */
