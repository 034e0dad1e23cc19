#define _GNU_SOURCE
#include "clinux_swift.h"

#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>

enum { NAME_LIMIT = 4096 };

/* swift/stdlib/public/runtime/MetadataSections.h, versions 1 to 5: later ones only added at the end. */
struct metadata_range {
  uintptr_t start;
  size_t size;
};

struct metadata_sections {
  uintptr_t version;
  const void *base, *unused[2];
  struct metadata_range protocols, conformances, types, type_references, reflection_strings, fields, associated_types,
      replacements, opaque_replacements, builtins;
};

enum { FIRST_VERSION = 1, LAST_VERSION = 5 };

struct request {
  size_t skip;
  ptrdiff_t count;
  void *context;
  void (*visit)(void *, const clinux_swift_image *);
};

struct search {
  uintptr_t address;
  clinux_swift_image *image;
  char *name;
  bool found;
};

/* Whether `address` lies in one of the object's segments; notes the object then, and ends the search. */
static int object_visitor(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  struct search *search = context;
  clinux_swift_image *image = search->image;
  image->segment_count = 0;
  for (size_t i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD) continue;
    uintptr_t start = info->dlpi_addr + segment->p_vaddr;
    if (search->address >= start && search->address - start < segment->p_memsz) search->found = true;
    if (image->segment_count < CLINUX_SWIFT_SEGMENTS)
      image->segments[image->segment_count++] = (clinux_swift_segment){start, segment->p_filesz, segment->p_flags};
  }
  if (!search->found) return 0;
  strncpy(search->name, info->dlpi_name ? info->dlpi_name : "", NAME_LIMIT - 1);
  return 1;
}

static bool sections_visitor(const struct metadata_sections *sections, void *context) {
  struct request *request = context;
  if ((size_t)request->count++ < request->skip) return true;
  /* The record lies in its image: gone with it where somebody unmapped that. */
  char name[NAME_LIMIT] = "";
  clinux_swift_image image = {.name = name};
  struct search search = {(uintptr_t)sections, &image, name, false};
  dl_iterate_phdr(object_visitor, &search);
  if (!search.found || sections->version < FIRST_VERSION || sections->version > LAST_VERSION) return true;
  image.types = sections->types.start;
  image.types_size = sections->types.size;
  image.structs = sections->builtins.start;
  image.structs_size = sections->builtins.size;
  request->visit(request->context, &image);
  return true;
}

ptrdiff_t clinux_visit_swift_images(size_t skip, void *context, void (*visit)(void *, const clinux_swift_image *)) {
  void (*enumerate)(bool (*)(const struct metadata_sections *, void *), void *) =
      dlsym(RTLD_DEFAULT, "swift_enumerateAllMetadataSections");
  (void)dlerror();
  if (!enumerate) return -1;
  struct request request = {.skip = skip, .context = context, .visit = visit};
  enumerate(sections_visitor, &request);
  return request.count;
}
