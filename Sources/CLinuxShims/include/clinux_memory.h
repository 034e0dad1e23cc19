/* Files in memory that can be sealed (memfd_create(2), fcntl(2)): what needs _GNU_SOURCE or newer headers than glibc's.
 * No policy lives here. Callable on any thread; -1 is failure, errno is the caller's to read right after it. */
#ifndef CLINUX_MEMORY_H
#define CLINUX_MEMORY_H

/* An empty file in memory, close-on-exec, sealable, and not executable as a program where the kernel knows of that
 * (MFD_NOEXEC_SEAL, Linux 6.3: the only kind that vm.memfd_noexec=2 allows); code can be mapped from it all the same.
 * `name` shows in /proc/PID/maps, at most 249 bytes. The caller closes it. */
int clinux_memory_file(const char *_Nonnull name);

/* Forbids for ever to write to, grow or shrink such a file, or to take that back. EBUSY while it is mapped for writing. */
int clinux_seal(int descriptor);

/* Whether it is sealed so: 1 or 0; -1 also for what is no file in memory. */
int clinux_is_sealed(int descriptor);

#endif /* CLINUX_MEMORY_H */
