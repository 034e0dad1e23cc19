/* Functions that take functions that take functions, and give some back. */
typedef void done(int result);
typedef int (*step)(void *context, done *done);
struct machine {
    step first;
    int (*second)(step next, void (*last)(void (*)(struct machine *)));
    void (*table[4])(int, ...);
    void (**installed)(void);
};
void run(struct machine *machine, step step, void finish(int code));
void (*handler(int signal, void (*function)(int)))(int);
int (*(*deep(int (*(*make)(void))(char)))(long))(const char *);
typedef step factory(void);
factory *find(const char *name);
