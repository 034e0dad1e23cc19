#define _GNU_SOURCE
#include "clinux_socket.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

_Static_assert(sizeof(((struct sockaddr_un *)0)->sun_path) == CLINUX_UNIX_PATH_LIMIT + 1, "sun_path has another size");

static int fill(struct sockaddr_un *address, const char *path) {
  size_t count = strlen(path);
  if (count > CLINUX_UNIX_PATH_LIMIT) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  memcpy(address->sun_path, path, count + 1);
  return 0;
}

int clinux_unix_socket(void) { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

int clinux_unix_bind(int socket, const char *path) {
  struct sockaddr_un address;
  if (fill(&address, path) != 0) return -1;
  return bind(socket, (const struct sockaddr *)&address, sizeof address);
}

int clinux_unix_connect(int socket, const char *path) {
  struct sockaddr_un address;
  if (fill(&address, path) != 0) return -1;
  return connect(socket, (const struct sockaddr *)&address, sizeof address);
}

int clinux_unix_limit_sends(int socket, int64_t milliseconds) {
  struct timeval limit = {.tv_sec = milliseconds / 1000, .tv_usec = (milliseconds % 1000) * 1000};
  return setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

int clinux_unix_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

int64_t clinux_unix_peer_user(int socket) {
  struct ucred peer;
  socklen_t count = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &count) != 0) return -1;
  return (int64_t)peer.uid;
}

int clinux_event_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
