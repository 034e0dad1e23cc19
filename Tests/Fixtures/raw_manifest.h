/* A manifest note that holds exactly this text: nothing is filled in, and no limit is asserted. */
#include <switchboard.h>

#define RAW_MANIFEST_NAMED(note, text)                                                                                 \
  __attribute__((section(".note.switchboard"), used, aligned(4))) static const struct {                                \
    uint32_t owner_size, descriptor_size, type;                                                                        \
    char owner[SWB_ALIGN4(sizeof(SWB_NOTE_OWNER))];                                                                    \
    char descriptor[SWB_ALIGN4(sizeof(text))];                                                                         \
  } note = {sizeof(SWB_NOTE_OWNER), SWB_ALIGN4(sizeof(text)), SWB_NOTE_TYPE, SWB_NOTE_OWNER, text}

#define RAW_MANIFEST(text) RAW_MANIFEST_NAMED(raw_manifest_note, text)
