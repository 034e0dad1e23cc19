/* The names under which the dynamic linker knows what it has loaded, read from memory and not from files, which may have
 * changed since. No policy lives here. Callable on any thread. */
#ifndef CLINUX_LIBRARIES_H
#define CLINUX_LIBRARIES_H

#include <stddef.h>
#include <stdint.h>

/* One loaded object; all texts are borrowed for the visit. */
typedef struct clinux_library {
  const char *_Nonnull name;          /* as the dynamic linker knows it; "" for the main program */
  const char *_Nullable soname;       /* DT_SONAME */
  const char *_Nullable rpath;        /* DT_RPATH; NULL where there is a DT_RUNPATH beside it */
  const uint8_t *_Nullable build_id;  /* NT_GNU_BUILD_ID, `build_id_size` bytes */
  size_t build_id_size;
} clinux_library;

/* Calls `visit` for every loaded object but the first `skip`, in load order. The dynamic linker's lock is held: no dl*
 * function inside. Texts over 4,095 bytes count as missing. */
void clinux_visit_libraries(size_t skip, void *_Nullable context,
                            void (*_Nonnull visit)(void *_Nullable context, const clinux_library *_Nonnull library));

/* AT_PLATFORM of getauxval(3), "x86_64"; NULL where the kernel gave none. Static storage. */
const char *_Nullable clinux_platform(void);

/* AT_SECURE: a set-user-ID program, whose LD_LIBRARY_PATH the dynamic linker ignores. */
int clinux_is_secure(void);

/* Whether dlsym(3), or dlvsym(3) where there is a version, finds a symbol; NULL as handle is RTLD_DEFAULT. `owner` gets the
 * path of the object that defines it, "" where that is not known; borrowed while the object is loaded. Leaves no text for
 * dlerror(3). */
int clinux_find_symbol(void *_Nullable handle, const char *_Nonnull name, const char *_Nullable version,
                       const char *_Nullable *_Nullable owner);

/* The bytes for thread-local variables that every thread has from its start, how many of them loaded images take, and what
 * they are aligned to: measured by a thread that is started for it. Whether it could be told; only glibc on x86-64 lets one
 * ask. */
int clinux_static_locals(size_t *_Nonnull total, size_t *_Nonnull used, size_t *_Nonnull alignment);

#endif /* CLINUX_LIBRARIES_H */
