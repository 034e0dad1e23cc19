/* Local stream sockets (unix(7)) and the event descriptor that wakes a poll loop: what needs _GNU_SOURCE, or a cast of
 * sockaddr_un that Swift can only make unsafely. No policy lives here.
 * Every function is callable on any thread; -1 is failure, errno is the caller's to read right after it. */
#ifndef CLINUX_SOCKET_H
#define CLINUX_SOCKET_H

#include <stdint.h>

/* The longest path that sockaddr_un.sun_path holds with its NUL, in bytes. */
#define CLINUX_UNIX_PATH_LIMIT 107

/* socket(2), AF_UNIX, SOCK_STREAM, close-on-exec, blocking. The caller closes it. */
int clinux_unix_socket(void);

/* bind(2) to a path; ENAMETOOLONG over the limit. */
int clinux_unix_bind(int socket, const char *_Nonnull path);

/* connect(2) to a path; ENAMETOOLONG over the limit. With a send limit set, EAGAIN when the backlog stays full. */
int clinux_unix_connect(int socket, const char *_Nonnull path);

/* SO_SNDTIMEO: connect(2) and send(2) fail with EAGAIN after so many milliseconds. */
int clinux_unix_limit_sends(int socket, int64_t milliseconds);

/* accept4(2), close-on-exec and non-blocking. The caller closes it. */
int clinux_unix_accept(int listener);

/* SO_PEERCRED: the effective user id of the process at the other end when it connected; -1 on failure. */
int64_t clinux_unix_peer_user(int socket);

/* eventfd(2), close-on-exec and non-blocking, count 0. The caller closes it. */
int clinux_event_descriptor(void);

#endif /* CLINUX_SOCKET_H */
