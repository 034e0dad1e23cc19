/* Types that lead back to themselves and to each other, and types of which only the name is known. */
struct db;
typedef struct node node;
struct node {
    node *next, *previous;
    struct tree *owner;
    void (*free)(struct node *, struct db *);
};
struct tree {
    node root;
    const struct tree *const *children;
    union payload *payload;
};
union payload;
typedef struct session *session; /* an opaque handle */
int open_db(const char *name, struct db **db);
void walk(struct tree *tree, int (*visit)(node *, void *), void *context);
session begin(struct db *db);
void commit(session session);
