/* What the Swift runtime that is loaded knows of images with Swift code. No policy lives here. Callable on any thread. */
#ifndef CLINUX_SWIFT_H
#define CLINUX_SWIFT_H

#include <stddef.h>
#include <stdint.h>

enum { CLINUX_SWIFT_SEGMENTS = 16 };

/* A part of an image that is mapped from its file, by addresses of this process. */
typedef struct clinux_swift_segment {
  uintptr_t address;
  size_t size;
  uint32_t flags; /* PF_* */
} clinux_swift_segment;

/* One image that registered its metadata; all of it is borrowed for the visit. */
typedef struct clinux_swift_image {
  const char *_Nonnull name; /* as the dynamic linker knows it; "" for the main program */
  clinux_swift_segment segments[CLINUX_SWIFT_SEGMENTS];
  size_t segment_count;
  uintptr_t types; /* swift5_type_metadata */
  size_t types_size;
  uintptr_t structs; /* swift5_builtin */
  size_t structs_size;
} clinux_swift_image;

/* Calls `visit` for every image that registered with the process's Swift runtime, in that order, but the first `skip`, and
 * those that are gone since. How many ever registered; -1 where no runtime is loaded that tells. The dynamic linker's lock
 * is free. */
ptrdiff_t clinux_visit_swift_images(size_t skip, void *_Nullable context,
                                    void (*_Nonnull visit)(void *_Nullable context,
                                                           const clinux_swift_image *_Nonnull image));

#endif /* CLINUX_SWIFT_H */
