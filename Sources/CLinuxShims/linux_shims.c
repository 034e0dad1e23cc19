#define _GNU_SOURCE
#include "linux_shims.h"

#include <link.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

static int count_visitor(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  clinux_object_counts *counts = context;
  counts->added = info->dlpi_adds;
  counts->removed = info->dlpi_subs;
  return 1; /* the counters are the process's, the first object tells them */
}

clinux_object_counts clinux_count_objects(void) {
  clinux_object_counts counts = {0, 0};
  dl_iterate_phdr(count_visitor, &counts);
  return counts;
}

struct visit_request {
  void *context;
  void (*visit)(void *context, const char *name, uintptr_t start, uintptr_t end, size_t segments);
};

static int object_visitor(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  const struct visit_request *request = context;
  uintptr_t start = UINTPTR_MAX, end = 0;
  size_t segments = 0;
  for (size_t i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD) continue;
    segments++;
    uintptr_t from = info->dlpi_addr + segment->p_vaddr, to = from + segment->p_memsz;
    if (from < start) start = from;
    if (to > end) end = to;
  }
  request->visit(request->context, info->dlpi_name ? info->dlpi_name : "", start, end, segments);
  return 0;
}

void clinux_visit_objects(void *context, void (*visit)(void *, const char *, uintptr_t, uintptr_t, size_t)) {
  struct visit_request request = {context, visit};
  dl_iterate_phdr(object_visitor, &request);
}

const char *clinux_glibc_version(void) {
#if defined(__GLIBC__)
  return gnu_get_libc_version();
#else
  return NULL;
#endif
}

const char *clinux_clang_version(void) { return __clang_version__; }

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESS "address "
#endif
#if __has_feature(hwaddress_sanitizer)
#define HWADDRESS "hwaddress "
#endif
#if __has_feature(thread_sanitizer)
#define THREAD "thread "
#endif
#if __has_feature(memory_sanitizer)
#define MEMORY "memory "
#endif
#if __has_feature(undefined_behavior_sanitizer)
#define UNDEFINED "undefined "
#endif
#endif
#ifndef ADDRESS
#define ADDRESS ""
#endif
#ifndef HWADDRESS
#define HWADDRESS ""
#endif
#ifndef THREAD
#define THREAD ""
#endif
#ifndef MEMORY
#define MEMORY ""
#endif
#ifndef UNDEFINED
#define UNDEFINED ""
#endif

const char *clinux_sanitizers(void) { return ADDRESS HWADDRESS THREAD MEMORY UNDEFINED; }

ssize_t clinux_copy_file_range(int source, int destination, size_t count) {
  return copy_file_range(source, NULL, destination, NULL, count, 0);
}

int clinux_is_noexec(int descriptor) {
  struct statvfs facts;
  if (fstatvfs(descriptor, &facts) != 0) return -1;
  return (facts.f_flag & ST_NOEXEC) != 0;
}

void clinux_name_this_thread(const char *name) {
  char cut[16];
  strncpy(cut, name, sizeof cut - 1);
  cut[sizeof cut - 1] = '\0';
  pthread_setname_np(pthread_self(), cut);
}

pid_t clinux_thread_id(void) { return gettid(); }

/* ThreadSanitizer knows pthread_timedjoin_np and not its twin: it would take the thread for running on. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define JOIN_CLOCK CLOCK_REALTIME
#define JOIN(thread, until) pthread_timedjoin_np(thread, NULL, until)
#endif
#endif
#ifndef JOIN
#define JOIN_CLOCK CLOCK_MONOTONIC
#define JOIN(thread, until) pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, until)
#endif

bool clinux_join_within(pthread_t thread, uint64_t nanoseconds) {
  struct timespec until;
  clock_gettime(JOIN_CLOCK, &until);
  uint64_t sum = (uint64_t)until.tv_nsec + nanoseconds % 1000000000u;
  until.tv_sec += (time_t)(nanoseconds / 1000000000u + sum / 1000000000u);
  until.tv_nsec = (long)(sum % 1000000000u);
  return JOIN(thread, &until) == 0;
}

ssize_t clinux_read_memory(uintptr_t address, void *bytes, size_t count) {
  struct iovec into = {bytes, count}, from = {(void *)address, count};
  return process_vm_readv(getpid(), &into, 1, &from, 1, 0);
}
