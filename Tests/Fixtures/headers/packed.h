/* What attributes and pragmas do to a layout. */
struct __attribute__((packed)) tight {
    char kind;
    long size;
    short after;
};
struct __attribute__((packed, aligned(2))) half {
    char kind;
    int size;
};
struct wide {
    char kind;
    _Alignas(32) int line[2];
    char after;
} __attribute__((aligned(64)));
#pragma pack(push, 2)
struct pairs {
    char kind;
    double size;
    struct tight inner;
};
#pragma pack(pop)
typedef int slow __attribute__((aligned(16)));
struct through_typedef {
    char kind;
    slow number;
};
void lay(struct tight *, struct half *, struct wide *, struct pairs *, struct through_typedef *, slow);
