#define _GNU_SOURCE
#include "clinux_process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DESCRIPTORS_LIMIT = 16, ABOVE_TARGETS = 64 };

static int spawn(pid_t *process, const char *path, char *const *arguments, char *const *environment, const int *sources,
                 size_t count, bool own_session) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&actions);
  if (error != 0) return error;
  error = posix_spawnattr_init(&attributes);
  if (error != 0) {
    posix_spawn_file_actions_destroy(&actions);
    return error;
  }
  for (size_t i = 0; i < count && error == 0; i++) {
    error = posix_spawn_file_actions_adddup2(&actions, sources[i], (int)i);
  }
  if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(&actions, (int)count);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                (own_session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP)));
  if (error == 0) error = posix_spawn(process, path, &actions, &attributes, arguments, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

/* Marks all descriptors from `first` on close-on-exec; one by one where the kernel (before 5.11) or a sandbox knows no other
 * way. */
static bool close_on_exec(unsigned first) {
  if (syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return true;
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  for (rlim_t number = first; number < limit.rlim_cur; number++) fcntl((int)number, F_SETFD, FD_CLOEXEC);
  return true;
}

/* What posix_spawn(3) has no attribute for is said by the child itself; only system calls between fork(2) and execve(2). */
static int spawn_leashed(pid_t *process, const char *path, char *const *arguments, char *const *environment,
                         const int *sources, size_t count) {
  pid_t parent = getpid();
  int report[2], error = 0;
  if (pipe2(report, O_CLOEXEC) != 0) return errno;
  int writing = fcntl(report[1], F_DUPFD_CLOEXEC, ABOVE_TARGETS);
  if (writing < 0) error = errno;
  close(report[1]);
  if (error != 0) {
    close(report[0]);
    return error;
  }
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
    bool works = prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0;
    if (getppid() != parent) _exit(127); /* it has died before it could be told apart */
    for (size_t i = 0; i < count && works; i++) works = dup2(sources[i], (int)i) >= 0;
    works = works && close_on_exec((unsigned)count);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (works) execve(path, arguments, environment);
    error = errno;
    (void)!write(writing, &error, sizeof error);
    _exit(127);
  }
  error = child < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(writing);
  while (child > 0 && read(report[0], &error, sizeof error) < 0 && errno == EINTR) {}
  close(report[0]);
  if (child > 0 && error != 0) waitpid(child, NULL, 0);
  *process = child;
  return error;
}

int clinux_spawn(pid_t *process, const char *path, char *const *arguments, char *const *environment,
                 const int *descriptors, size_t count, clinux_bond bond) {
  if (count > DESCRIPTORS_LIMIT) return EINVAL;
  /* Copies above all targets: dup2(2) to one number must not overwrite the source of another. */
  int sources[DESCRIPTORS_LIMIT], error = 0;
  size_t made = 0;
  for (; made < count && error == 0; made++) {
    sources[made] = fcntl(descriptors[made], F_DUPFD_CLOEXEC, ABOVE_TARGETS);
    if (sources[made] < 0) error = errno;
  }
  if (error == 0) {
    error = bond == clinux_leashed
                ? spawn_leashed(process, path, arguments, environment, sources, count)
                : spawn(process, path, arguments, environment, sources, count, bond == clinux_own_session);
  }
  for (size_t i = 0; i < made; i++) {
    if (sources[i] >= 0) close(sources[i]);
  }
  return error;
}

int clinux_process_descriptor(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

int clinux_signal_process(int descriptor, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, descriptor, signal, NULL, 0);
}

static int reap(idtype_t type, id_t id, int options, clinux_child_end *end) {
  siginfo_t information = {0};
  while (waitid(type, id, &information, options) != 0) {
    if (errno != EINTR) return errno;
  }
  *end = (clinux_child_end){information.si_pid, information.si_code, information.si_status};
  return 0;
}

int clinux_reap(int descriptor, bool waits, clinux_child_end *end) {
  return reap(P_PIDFD, (id_t)descriptor, WEXITED | (waits ? 0 : WNOHANG), end);
}

int clinux_reap_any(clinux_child_end *end) { return reap(P_ALL, 0, WEXITED | WNOHANG, end); }

int clinux_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

int clinux_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }

int clinux_limit_process(uint64_t processor_seconds) {
  /* 1 and not 0: a dump that goes through a pipe heeds only the former (core(5)). */
  struct rlimit core = {1, 1}, processor = {processor_seconds, processor_seconds};
  return setrlimit(RLIMIT_CORE, &core) == 0 && setrlimit(RLIMIT_CPU, &processor) == 0 ? 0 : -1;
}

int clinux_pipe(int *read_end, int *write_end) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  *read_end = ends[0];
  *write_end = ends[1];
  return 0;
}

char **clinux_environment(void) { return environ; }
