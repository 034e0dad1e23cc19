/* Arrays at the end of a struct: of no said bound, of one of zero, of structs, of pointers to arrays. */
struct packet {
    unsigned short count;
    char bytes[];
};
struct row {
    long count;
    struct cell {
        int value;
        const char *names[2][3];
    } cells[];
};
struct old {
    int count;
    double items[0];
};
int send(const struct packet *packet, struct row *row, struct old *old, int (*matrix)[], int list[], int grid[][4]);
