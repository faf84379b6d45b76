// epoll: levels, edges, one-shot, nesting, closing, and what cannot be watched.
#include "../report.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int set;

static void show(const char* what) {
  struct epoll_event events[8];
  memset(events, 0, sizeof events);
  int count = epoll_wait(set, events, 8, 0);
  printf("%s: %d", what, count);
  for (int i = 0; i < count; i++) {
    printf(" (%llx:%s%s%s%s)", (unsigned long long)events[i].data.u64,
           events[i].events & EPOLLIN ? " in" : "", events[i].events & EPOLLOUT ? " out" : "",
           events[i].events & EPOLLHUP ? " hup" : "", events[i].events & EPOLLERR ? " err" : "");
  }
  puts("");
}

static int control(int operation, int fd, uint32_t events, uint64_t data) {
  struct epoll_event event = {.events = events, .data.u64 = data};
  return epoll_ctl(set, operation, fd, &event);
}

int main(void) {
  int ends[2];
  char byte;
  pipe(ends);
  set = SHOW_OPEN(epoll_create1(EPOLL_CLOEXEC));
  SHOW(fcntl(set, F_GETFD));
  SHOW(control(EPOLL_CTL_ADD, ends[0], EPOLLIN, 0x123456789abcdef0));
  SHOW(control(EPOLL_CTL_ADD, ends[0], EPOLLIN, 1));
  show("empty");
  write(ends[1], "abc", 3);
  show("level");
  show("level again");
  SHOW(control(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLET, 2));
  show("edge");
  show("edge again");
  write(ends[1], "d", 1);
  show("more");
  SHOW(control(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLONESHOT, 3));
  show("one shot");
  show("and no more");
  SHOW(control(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLONESHOT, 4));
  show("armed again");
  SHOW(control(EPOLL_CTL_MOD, ends[0], 0, 5));
  show("nothing asked");
  close(ends[1]);
  show("but hanging up is told");
  SHOW(control(EPOLL_CTL_DEL, ends[0], 0, 0));
  show("deleted");
  SHOW(control(EPOLL_CTL_DEL, ends[0], 0, 0));
  SHOW(control(EPOLL_CTL_MOD, ends[0], EPOLLIN, 0));
  SHOW(control(9, ends[0], EPOLLIN, 0));

  int file = open("file", O_CREAT | O_RDWR, 0644);
  SHOW(control(EPOLL_CTL_ADD, file, EPOLLIN, 0));
  SHOW(control(EPOLL_CTL_ADD, open(".", O_RDONLY), EPOLLIN, 0));
  SHOW(control(EPOLL_CTL_ADD, set, EPOLLIN, 0));
  SHOW(control(EPOLL_CTL_ADD, 9999, EPOLLIN, 0));
  SHOW(epoll_ctl(file, EPOLL_CTL_ADD, ends[0], &(struct epoll_event){0}));
  SHOW(epoll_ctl(set, EPOLL_CTL_ADD, ends[0], (struct epoll_event*)8));
  struct epoll_event event;
  SHOW(epoll_wait(set, &event, 0, 0));
  SHOW(epoll_wait(set, &event, -1, 0));
  SHOW(epoll_wait(file, &event, 1, 0));
  SHOW(epoll_wait(set, &event, 1, 5));
  SHOW(epoll_create(0));
  SHOW(epoll_create1(1));

  // A set can be watched by another; a closed file leaves it.
  int counter = eventfd(1, 0), inner = set;
  SHOW(control(EPOLL_CTL_ADD, counter, EPOLLIN | EPOLLOUT, 0xc0));
  set = epoll_create1(0);
  SHOW(control(EPOLL_CTL_ADD, inner, EPOLLIN, 0xe0));
  show("outer");
  SHOW(epoll_ctl(inner, EPOLL_CTL_ADD, set, &event));
  SHOW(close(counter));
  show("outer after close");
  return 0;
}
