// The records' layout in the mapping that cpin_start makes. Whoever reads the file after the process has ended finds
// there which thread was inside which call. Native byte order and word size; read it on the machine that wrote it.

#ifndef CPIN_RECORDS_H
#define CPIN_RECORDS_H

#include <stdint.h>
#include <sys/types.h>

// "SWBPINS" and NUL.
#define CPIN_MAGIC 0x00534e4950425753ull
#define CPIN_LAYOUT_VERSION 2u
#define CPIN_RECORD_SIZE 512u
#define CPIN_DEFAULT_CAPACITY 65536u

enum { CPIN_CELLS = 61 };

// At offset 0 of the mapping; the records follow at offset CPIN_RECORD_SIZE.
typedef struct cpin_header {
    uint64_t magic;
    uint32_t version;
    uint32_t record_size;
    // How many records there are room for, and how many of them have ever been in use (the rest is zero, unbacked).
    uint32_t capacity;
    uint32_t used;
    pid_t process;
    uint32_t cells;
} cpin_header;

// Whose a record is. Claimed by compare-and-swap; leases keep theirs for ever.
enum { CPIN_FREE = 0, CPIN_THREADS = 1, CPIN_LEASES = 2 };

// One thread, or 61 leases. Record 0 is nobody's: threads past their last thread-local destructor claim cells there.
typedef struct cpin_record {
    // CPIN_FREE and the others.
    uint32_t owned;
    // gettid(2) of the owner; 0 in a record of leases.
    pid_t thread;
    // The record that holds this thread's deeper nesting levels, as an index; 0: none.
    uint32_t next;
    // Of a record of leases: whether a thread takes its leases here, and others look elsewhere first.
    uint32_t home;
    // NULL: free. Else the address that is announced, outermost call first; below 4096: the route was empty.
    void *_Nullable cell[CPIN_CELLS];
    // For ever busy: the last cell's neighbour.
    void *_Nullable sentinel;
} cpin_record;

_Static_assert(sizeof(cpin_record) == CPIN_RECORD_SIZE, "eight cache lines, shared with no other thread");
_Static_assert(sizeof(cpin_header) <= CPIN_RECORD_SIZE, "the header takes the place of one record");

#endif
