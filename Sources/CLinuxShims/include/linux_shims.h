/* What `import Glibc` lacks: functions hidden behind _GNU_SOURCE, varargs and macros. No policy lives here.
 * Every function is callable on any thread; errno is the caller's to read right after a failure. */
#ifndef LINUX_SHIMS_H
#define LINUX_SHIMS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* ---- the dynamic linker's view (dl_iterate_phdr(3)) --------------------------------------------------------------- */

/* How many objects were ever loaded into and unloaded from this process. */
typedef struct clinux_object_counts {
  uint64_t added;
  uint64_t removed;
} clinux_object_counts;

clinux_object_counts clinux_count_objects(void);

/* Calls `visit` for every loaded object, in load order. `name` is borrowed for the visit; the main program's is "".
 * start and end bound its PT_LOAD segments in memory, of which there are `segments`. The dynamic linker's lock is held: no dl* function inside. */
void clinux_visit_objects(void *_Nullable context,
                          void (*_Nonnull visit)(void *_Nullable context, const char *_Nonnull name, uintptr_t start,
                                                 uintptr_t end, size_t segments));

/* ---- identity of this build ----------------------------------------------------------------------------------------- */

/* gnu_get_libc_version(3), "2.36"; NULL on another C library. Static storage. */
const char *_Nullable clinux_glibc_version(void);

/* __clang_version__ of the clang that compiled this file: what the same toolchain leaves in `.comment` behind
 * "clang version ". Static storage. */
const char *_Nonnull clinux_clang_version(void);

/* The sanitizers that this file, and so its program, was compiled with, each followed by a blank: "address "; empty
 * without one. Static storage. Why: Swift has no condition for it. */
const char *_Nonnull clinux_sanitizers(void);

/* ---- files ---------------------------------------------------------------------------------------------------------- */

/* copy_file_range(2) from both descriptors' positions. The number of bytes copied, 0 at the end of the file, -1 on
 * failure (EXDEV, EINVAL, EOPNOTSUPP: use another way). */
ssize_t clinux_copy_file_range(int source, int destination, size_t count);

/* Whether the file system of `descriptor` is mounted noexec (fstatvfs(3), ST_NOEXEC); -1 on failure. */
int clinux_is_noexec(int descriptor);

/* ---- threads -------------------------------------------------------------------------------------------------------- */

/* pthread_setname_np(3) on the calling thread; a name over 15 bytes is cut. */
void clinux_name_this_thread(const char *_Nonnull name);

/* gettid(2). */
pid_t clinux_thread_id(void);

/* pthread_clockjoin_np(3) with a limit in nanoseconds from now on the monotonic clock. Whether the thread was joined;
 * if not, it still runs and is still joinable. */
bool clinux_join_within(pthread_t thread, uint64_t nanoseconds);

/* ---- memory --------------------------------------------------------------------------------------------------------- */

/* Copies `count` bytes of this process's memory from `address` (process_vm_readv(2) on ourselves): what another thread
 * unmaps meanwhile is a short count or EFAULT, never a signal. The number of bytes copied, -1 on failure. */
ssize_t clinux_read_memory(uintptr_t address, void *_Nonnull bytes, size_t count);

#endif /* LINUX_SHIMS_H */
