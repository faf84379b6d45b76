// socketpair(2): both directions, between processes, shut down, closed with bytes unread, waited
// for by poll with bytes on their way, options, messages; and what is refused.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "process.h"

static int pair[2];
static char text[100000];

static const char* result(long value) {
  static char buffers[4][64];
  static int next;
  char* buffer = buffers[next++ % 4];
  snprintf(buffer, 64, "%ld%s%s", value, value < 0 ? " " : "", value < 0 ? strerror(errno) : "");
  return buffer;
}

static void make(int type) {
  close(pair[0]);
  close(pair[1]);
  if (socketpair(AF_UNIX, type, 0, pair) != 0) printf("socketpair: %s\n", strerror(errno));
}

static const char* got(int fd, size_t size, int flags) {
  static char buffers[4][128];
  static int next;
  char* buffer = buffers[next++ % 4];
  memset(buffer, 0, 128);
  const ssize_t length = recv(fd, buffer, size, flags);
  return length < 0 ? strerror(errno) : buffer;
}

static void stream(const char* how, int polls) {
  printf("== %s\n", how);
  make(SOCK_STREAM);
  struct pollfd ready = {pair[1], POLLIN | POLLOUT, 0};
  write(pair[0], "early ", 6);
  if (polls) printf("poll: %d %x\n", poll(&ready, 1, 0), ready.revents);
  write(pair[0], "late", 4);
  int count = 0;
  ioctl(pair[1], FIONREAD, &count);
  printf("there: %d\n", count);
  printf("part: %s\n", got(pair[1], 3, 0));
  printf("rest: %s\n", got(pair[1], 100, 0));
  printf("nothing: %s\n", got(pair[1], 100, MSG_DONTWAIT));
  send(pair[1], "back", 4, 0);
  printf("back: %s\n", got(pair[0], 100, 0));
  fcntl(pair[0], F_SETFL, O_NONBLOCK);
  printf("flags: %d %d\n", fcntl(pair[0], F_GETFL) == (O_RDWR | O_NONBLOCK),
         fcntl(pair[1], F_GETFL) == O_RDWR);
  printf("none: %s\n", result(read(pair[0], text, 10)));
  long filled = 0, once;
  while ((once = write(pair[0], text, sizeof text)) > 0) filled += once;
  printf("full: %d %s\n", filled > 0, strerror(errno));
  long drained = 0;
  fcntl(pair[1], F_SETFL, O_NONBLOCK);
  while ((once = read(pair[1], text, sizeof text)) > 0) drained += once;
  printf("drained: %d\n", drained == filled);
  fcntl(pair[1], F_SETFL, 0);
  fcntl(pair[0], F_SETFL, 0);

  const pid_t child = fork();
  if (child == 0) {
    close(pair[0]);
    long sum = 0, length;
    while ((length = read(pair[1], text, sizeof text)) > 0) sum += length;
    dprintf(pair[1], "%ld bytes", sum);
    _exit(0);
  }
  close(pair[1]);
  for (int i = 0; i < 30; ++i) write(pair[0], text, sizeof text);
  printf("shutdown: %s\n", result(shutdown(pair[0], SHUT_WR)));
  printf("child: %s\n", got(pair[0], 100, MSG_WAITALL));
  printf("its end: %s, then %s\n", end_of(child), result(read(pair[0], text, 10)));
  signal(SIGPIPE, SIG_IGN);
  printf("after shutdown: %s\n", result(write(pair[0], "x", 1)));

  make(SOCK_STREAM);
  write(pair[0], "unread", 6);
  write(pair[1], "sent before", 11);
  if (polls) poll(&ready, 1, 0);
  close(pair[1]);
  printf("before the end: %s\n", got(pair[0], 100, 0));
  printf("unread: %s\n", result(read(pair[0], text, 10)));
  printf("then: %s\n", result(read(pair[0], text, 10)));
  printf("write: %s\n", result(write(pair[0], "x", 1)));
  pair[1] = -1;

  make(SOCK_STREAM);
  shutdown(pair[1], SHUT_RD);
  if (polls) poll(&ready, 1, 0);
  printf("the other does not read: %s\n", result(write(pair[0], "x", 1)));
  printf("itself reads: %s\n", result(read(pair[1], text, 10)));
  printf("the other way: %s %s\n", result(write(pair[1], "y", 1)), got(pair[0], 10, 0));
}

static void messages(const char* name, int type) {
  printf("== %s\n", name);
  make(type);
  send(pair[0], "first", 5, 0);
  send(pair[0], "second", 6, 0);
  printf("peek: %s\n", got(pair[1], 100, MSG_PEEK));
  printf("cut: %s\n", got(pair[1], 2, 0));
  struct iovec vectors[2] = {{text, 3}, {text + 3, 2}};
  struct msghdr message = {.msg_iov = vectors, .msg_iovlen = 2};
  memset(text, 0, 10);
  const long length = recvmsg(pair[1], &message, 0);
  printf("message: %ld %s, cut %d, names %d\n", length, text, !!(message.msg_flags & MSG_TRUNC),
         message.msg_namelen);
  message.msg_flags = 0;
  printf("sent: %ld\n", (long)sendmsg(pair[1], &message, 0));
  printf("got: %s\n", got(pair[0], 10, 0));
  int value = 0;
  socklen_t size = sizeof value;
  printf("type: %s", result(getsockopt(pair[0], SOL_SOCKET, SO_TYPE, &value, &size)));
  printf(" %d %d\n", value == type, (int)size);
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  stream("a stream", 0);
  stream("a stream that is polled", 1);
  messages("datagrams", SOCK_DGRAM);
  messages("packets", SOCK_SEQPACKET);

  puts("== a dialogue");
  make(SOCK_STREAM);
  const pid_t child = fork();
  if (child == 0) {
    int number;
    close(pair[0]);
    while (read(pair[1], &number, sizeof number) == sizeof number && number >= 0) {
      ++number;
      write(pair[1], &number, sizeof number);
    }
    _exit(0);
  }
  int number = 0;
  while (number < 10000) {
    write(pair[0], &number, sizeof number);
    read(pair[0], &number, sizeof number);
  }
  close(pair[1]);
  close(pair[0]);
  printf("%d, child: %s\n", number, end_of(child));

  puts("== what else");
  make(SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK);
  struct stat status;
  fstat(pair[0], &status);
  printf("%d %d %d\n", S_ISSOCK(status.st_mode), fcntl(pair[0], F_GETFD),
         fcntl(pair[1], F_GETFL) & O_NONBLOCK);
  struct sockaddr_un name = {.sun_family = 99};
  socklen_t size = sizeof name;
  printf("name: %s %d %d\n", result(getsockname(pair[0], (struct sockaddr*)&name, &size)),
         name.sun_family == AF_UNIX, (int)size);
  size = sizeof name;
  printf("peer: %s %d\n", result(getpeername(pair[0], (struct sockaddr*)&name, &size)), (int)size);
  struct timeval patience = {0, 20000};
  make(SOCK_STREAM);
  printf("patience: %s\n",
         result(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience)));
  printf("runs out: %s\n", result(read(pair[0], text, 1)));
  printf("seek: %s\n", result(lseek(pair[0], 0, SEEK_SET)));
  printf("pread: %s\n", result(pread(pair[0], text, 1, 0)));
  printf("shutdown: %s\n", result(shutdown(pair[0], 7)));
  printf("named: %s\n", result(sendto(pair[0], "x", 1, 0, (struct sockaddr*)&name, 2)));
  printf("bad buffer: %s\n", result(send(pair[0], (void*)8, 10, 0)));
  int ends[2];
  pipe(ends);
  printf("a pipe: %s, %s\n", result(send(ends[1], "x", 1, 0)), result(shutdown(ends[0], SHUT_RD)));
  printf("no descriptor: %s\n", result(recv(999, text, 1, 0)));
  printf("kind: %s, %s\n", result(socketpair(AF_UNIX, 77, 0, ends)),
         result(socketpair(AF_UNIX, SOCK_STREAM, 77, ends)));
  printf("bad place: %s\n", result(socketpair(AF_UNIX, SOCK_STREAM, 0, (int*)8)));
  signal(SIGPIPE, SIG_DFL);
  const pid_t broken = fork();
  if (broken == 0) {
    make(SOCK_STREAM);
    close(pair[1]);
    printf("told: %s\n", result(send(pair[0], "x", 1, MSG_NOSIGNAL)));
    send(pair[0], "x", 1, 0);
    _exit(0);
  }
  printf("broken: %s\n", end_of(broken));
  return 0;
}
