/* Nothing in a struct, as GNU C allows: size 0, and a place all the same. */
struct nothing {};
struct around {
    int before;
    struct nothing nothing;
    struct {
    };
    int after;
};
void pass(struct around *around, struct nothing *nothing);
void none(void);
