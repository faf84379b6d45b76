// poll and ppoll: events of pipes and files, closed descriptors, timeouts and signal masks.
#include "../report.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t handled;
static void handle(int number) { handled = number; }

static void show(const char* what, struct pollfd* entries, int count, int timeout) {
  int ready = poll(entries, count, timeout);
  printf("%s: %d", what, ready);
  if (ready < 0) printf(" %s", strerrorname_np(errno));
  for (int i = 0; i < count; i++) {
    short events = entries[i].revents;
    printf(" [%s%s%s%s%s ]", events & POLLIN ? " in" : "", events & POLLOUT ? " out" : "",
           events & POLLHUP ? " hup" : "", events & POLLERR ? " err" : "",
           events & POLLNVAL ? " nval" : "");
  }
  puts("");
}

int main(void) {
  int ends[2];
  char block[4096];
  pipe(ends);
  struct pollfd pipe_ends[2] = {{ends[0], POLLIN}, {ends[1], POLLOUT}};
  show("empty pipe", pipe_ends, 2, 0);
  write(ends[1], "x", 1);
  show("filled pipe", pipe_ends, 2, -1);
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  while (write(ends[1], block, sizeof block) > 0) continue;
  show("full pipe", pipe_ends, 2, 0);
  close(ends[1]);
  show("writer closed", pipe_ends, 2, 0);
  while (read(ends[0], block, sizeof block) > 0) continue;
  show("drained", pipe_ends, 1, -1);
  close(ends[0]);
  pipe(ends);
  close(ends[0]);
  struct pollfd widowed = {ends[1], POLLOUT};
  show("reader closed", &widowed, 1, 0);

  int fd = open("file", O_CREAT | O_RDWR, 0644);
  struct pollfd others[4] = {
      {fd, POLLIN | POLLOUT}, {-1, POLLIN}, {9999, POLLIN}, {open("/dev/null", O_RDWR), POLLIN}};
  others[1].revents = 77;
  show("files", others, 4, -1);
  struct pollfd path = {open("file", O_PATH), POLLIN};
  show("O_PATH", &path, 1, 0);
  struct pollfd unasked = {fd, 0};
  show("unasked", &unasked, 1, 10);
  show("none", NULL, 0, 1);
  SHOW(poll((struct pollfd*)8, 1, 0));
  SHOW(poll(others, 1u << 30, 0));

  // A signal that the mask lets through ends the wait, and is handled once.
  struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
  sigaction(SIGUSR1, &action, NULL);
  sigset_t blocked, none;
  sigemptyset(&none);
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  raise(SIGUSR1);
  struct timespec second = {1, 0}, instant = {0, 0}, wrong = {0, 1000000000};
  SHOW(ppoll(NULL, 0, &instant, NULL));
  SHOW(handled);
  SHOW(ppoll(NULL, 0, &second, &none));
  SHOW(handled == SIGUSR1);
  sigprocmask(SIG_SETMASK, NULL, &none);
  SHOW(sigismember(&none, SIGUSR1));
  SHOW(ppoll(NULL, 0, &wrong, NULL));
  SHOW(ppoll(others, 1, NULL, NULL));
  return 0;
}
