#define _GNU_SOURCE
#include "clinux_libraries.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <pthread.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/uio.h>
#include <unistd.h>

enum { TEXT_LIMIT = 4096, BUILD_ID_LIMIT = 64 };

struct request {
  size_t skip;
  void *context;
  void (*visit)(void *, const clinux_library *);
  char soname[TEXT_LIMIT], rpath[TEXT_LIMIT];
  uint8_t build_id[BUILD_ID_LIMIT];
};

/* Copies at most `count` bytes of our own memory: a page whose file was cut short is a short count, never SIGBUS. */
static size_t copy_memory(ElfW(Addr) address, void *bytes, size_t count) {
  struct iovec into = {bytes, count}, from = {(void *)address, count};
  ssize_t copied = process_vm_readv(getpid(), &into, 1, &from, 1, 0);
  return copied < 0 ? 0 : (size_t)copied;
}

/* The NUL-terminated text at `address`; NULL where it does not end in time. Reads a piece first: names are short, and a
 * read across the end of the mapping would be none. */
static const char *copy_text(ElfW(Addr) address, char *text) {
  for (size_t done = 0; done < TEXT_LIMIT;) {
    size_t piece = 128;
    if (piece > TEXT_LIMIT - done) piece = TEXT_LIMIT - done;
    size_t to_page = 4096 - (address + done) % 4096;
    if (piece > to_page) piece = to_page;
    size_t copied = copy_memory(address + done, text + done, piece);
    if (copied == 0) return NULL;
    if (memchr(text + done, 0, copied)) return text;
    done += copied;
  }
  return NULL;
}

/* Reads an object's notes for its build-id; `library` points into `request` afterwards. */
static void find_build_id(struct request *request, const struct dl_phdr_info *info, const ElfW(Phdr) *notes,
                          clinux_library *library) {
  uint8_t bytes[1024];
  size_t size = notes->p_filesz < sizeof bytes ? notes->p_filesz : sizeof bytes;
  size = copy_memory(info->dlpi_addr + notes->p_vaddr, bytes, size);
  size_t step = notes->p_align == 8 ? 8 : 4;
  for (size_t at = 0; at + sizeof(ElfW(Nhdr)) <= size;) {
    ElfW(Nhdr) note;
    memcpy(&note, bytes + at, sizeof note);
    size_t owner = at + sizeof note;
    size_t descriptor = (owner + note.n_namesz + step - 1) / step * step;
    if (note.n_namesz > size || note.n_descsz > size || descriptor + note.n_descsz > size) return;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(bytes + owner, "GNU", 4) == 0 &&
        note.n_descsz <= BUILD_ID_LIMIT) {
      memcpy(request->build_id, bytes + descriptor, note.n_descsz);
      library->build_id = request->build_id;
      library->build_id_size = note.n_descsz;
      return;
    }
    at = (descriptor + note.n_descsz + step - 1) / step * step;
  }
}

static int visitor(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  struct request *request = context;
  if (request->skip > 0) {
    request->skip--;
    return 0;
  }
  clinux_library library = {info->dlpi_name ? info->dlpi_name : "", NULL, NULL, NULL, 0};
  for (size_t i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    if (segment->p_type == PT_NOTE && !library.build_id) find_build_id(request, info, segment, &library);
    if (segment->p_type != PT_DYNAMIC) continue;
    /* The dynamic section was relocated or copied by the dynamic linker itself, so its pages are there. */
    const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(info->dlpi_addr + segment->p_vaddr);
    ElfW(Addr) strings = 0, soname = 0, rpath = 0;
    int has_soname = 0, has_rpath = 0, has_runpath = 0;
    for (size_t left = segment->p_memsz / sizeof *entry; left > 0 && entry->d_tag != DT_NULL; left--, entry++) {
      if (entry->d_tag == DT_STRTAB) strings = entry->d_un.d_ptr;
      if (entry->d_tag == DT_SONAME) soname = entry->d_un.d_val, has_soname = 1;
      if (entry->d_tag == DT_RPATH) rpath = entry->d_un.d_val, has_rpath = 1;
      if (entry->d_tag == DT_RUNPATH) has_runpath = 1;
    }
    /* glibc turns the entry into an address, but not in a read-only dynamic section (the vDSO's). */
    if (strings < info->dlpi_addr) strings += info->dlpi_addr;
    if (has_soname) library.soname = copy_text(strings + soname, request->soname);
    if (has_rpath && !has_runpath) library.rpath = copy_text(strings + rpath, request->rpath);
  }
  request->visit(request->context, &library);
  return 0;
}

void clinux_visit_libraries(size_t skip, void *context, void (*visit)(void *, const clinux_library *)) {
  struct request request = {.skip = skip, .context = context, .visit = visit};
  dl_iterate_phdr(visitor, &request);
}

const char *clinux_platform(void) { return (const char *)getauxval(AT_PLATFORM); }

int clinux_is_secure(void) { return getauxval(AT_SECURE) != 0; }

struct owner {
  uintptr_t address;
  const char *name;
};

/* dladdr(3) would go on to walk the object's whole symbol table for the nearest name: 60 us in a large one. */
static int owner_visitor(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  struct owner *owner = context;
  for (size_t i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD || owner->address - (info->dlpi_addr + segment->p_vaddr) >= segment->p_memsz)
      continue;
    owner->name = info->dlpi_name ? info->dlpi_name : "";
    return 1;
  }
  return 0;
}

int clinux_find_symbol(void *handle, const char *name, const char *version, const char **owner) {
  void *address = version ? dlvsym(handle, name, version) : dlsym(handle, name);
  /* A null address may be a definition, so only the error tells; it is taken in any case, to leave none behind. */
  if (!address && dlerror()) return 0;
  if (owner) {
    struct owner found = {(uintptr_t)address, ""};
    if (address) dl_iterate_phdr(owner_visitor, &found);
    *owner = found.name;
  }
  return 1;
}

struct static_locals {
  uintptr_t thread_pointer;
  size_t size, used;
};

static int locals_visitor(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  struct static_locals *locals = context;
  uintptr_t data = (uintptr_t)info->dlpi_tls_data;
#if defined(__x86_64__)
  if (data && data < locals->thread_pointer && locals->thread_pointer - data <= locals->size &&
      locals->thread_pointer - data > locals->used)
    locals->used = locals->thread_pointer - data;
#else
  (void)data;
#endif
  return 0;
}

static void *measure_locals(void *context) {
  struct static_locals *locals = context;
#if defined(__x86_64__)
  __asm__("mov %%fs:0, %0" : "=r"(locals->thread_pointer));
#endif
  dl_iterate_phdr(locals_visitor, locals);
  return NULL;
}

int clinux_static_locals(size_t *total, size_t *used, size_t *alignment) {
#if defined(__x86_64__)
  void (*get_info)(size_t *, size_t *) = dlvsym(RTLD_DEFAULT, "_dl_get_tls_static_info", "GLIBC_PRIVATE");
  const uint32_t *thread_size = dlvsym(RTLD_DEFAULT, "_thread_db_sizeof_pthread", "GLIBC_PRIVATE");
  (void)dlerror();
  if (!get_info || !thread_size) return 0;
  struct static_locals locals = {0, 0, 0};
  get_info(&locals.size, alignment);
  if (locals.size < *thread_size) return 0;
  locals.size -= *thread_size;
  /* A thread that starts now has the blocks of all images in its table; an older one lacks those that came later. */
  pthread_t thread;
  if (pthread_create(&thread, NULL, measure_locals, &locals) != 0) return 0;
  pthread_join(thread, NULL);
  *total = locals.size;
  *used = locals.used;
  return 1;
#else
  (void)total, (void)used, (void)alignment;
  return 0;
#endif
}
