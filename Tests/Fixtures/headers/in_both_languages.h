/* One header for C and C++: the same contract either way. */
#ifdef __cplusplus
extern "C" {
#endif
typedef struct point {
    int x, y;
} point;
enum color { RED, GREEN = 7 };
struct shape {
    point corner;
    enum color color;
    const struct shape *next;
};
int draw(const struct shape *shape, point by, enum color color);
void each(struct shape *shape, void (*visit)(struct shape *shape, void *context), void *context);
#ifdef __cplusplus
}
#endif
