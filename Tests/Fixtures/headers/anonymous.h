/* Members without a name, and types without one, in each other. */
struct value {
    int kind;
    union {
        long number;
        double real;
        struct {
            const char *start;
            unsigned count;
            union {
                char first;
                short second;
            };
        };
    };
    struct {
        int line, column;
    } place;
    struct {
        int x;
    } corners[2], *shape;
    enum { VALUE_SMALL = 1, VALUE_LARGE } size;
};
void store(struct value value);
typedef union {
    struct value whole;
    unsigned char bytes[sizeof(struct value)];
} either;
either *look(void);
