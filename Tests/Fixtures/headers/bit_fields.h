/* Bit-fields: units shared, crossed, closed by a width of zero, of every width that their type has. */
struct flags {
    unsigned low : 3;
    signed middle : 5;
    unsigned : 4; /* padding, no member */
    unsigned high : 20;
    unsigned next : 1;
    unsigned : 0;
    unsigned char tail : 2;
    _Bool on : 1;
    unsigned long wide : 40;
    long whole : 64;
};
enum mode { OFF, SLOW, FAST };
struct __attribute__((packed)) squeezed {
    enum mode mode : 2;
    unsigned rest : 31;
    char after;
};
int set(struct flags *flags, const struct squeezed *squeezed);
