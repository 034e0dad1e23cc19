/* The system's own types: known by name; by size where they are passed or held. */
#include <stdarg.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>
struct log {
    FILE *file;
    time_t since;
    struct timespec last;
    const struct tm *local;
};
int print(struct log *log, FILE *other, off_t at, ssize_t count);
struct tm broken_down(time_t time, struct timespec now);
double span(clock_t start, pid_t process);
