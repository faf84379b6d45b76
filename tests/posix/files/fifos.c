// FIFOs: opening without waiting, and data between two descriptors of one.
#include "../report.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

static void* open_to_write(void* result) {
  usleep(20000);
  *(int*)result = open("fifo", O_WRONLY);
  return NULL;
}

int main(void) {
  char text[16];
  signal(SIGPIPE, SIG_IGN);
  SHOW(mkfifo("fifo", 0600));
  SHOW(mkfifo("fifo", 0600));
  SHOW(mkfifo("missing/fifo", 0600));
  SHOW_OPEN(open("fifo", O_WRONLY | O_NONBLOCK));
  int reader = SHOW_OPEN(open("fifo", O_RDONLY | O_NONBLOCK));
  // Nobody has written yet: it is at its end rather than empty.
  SHOW(read(reader, text, sizeof text));
  int writer = SHOW_OPEN(open("fifo", O_WRONLY | O_NONBLOCK));
  SHOW(read(reader, text, sizeof text));
  SHOW(write(writer, "through", 7));
  struct pollfd ready = {reader, POLLIN};
  SHOW(poll(&ready, 1, 0));
  SHOW(ready.revents == POLLIN);
  SHOW(read(reader, text, sizeof text));
  report_bytes("read", text, 7);
  SHOW(close(writer));
  SHOW(read(reader, text, sizeof text));
  SHOW(poll(&ready, 1, 0));
  SHOW(ready.revents == POLLHUP);
  SHOW(close(reader));

  // Opening one end waits for the other.
  pthread_t thread;
  pthread_create(&thread, NULL, open_to_write, &writer);
  reader = SHOW_OPEN(open("fifo", O_RDONLY));
  pthread_join(thread, NULL);
  SHOW(writer >= 0);
  SHOW(close(reader));
  SHOW(write(writer, "x", 1));
  SHOW(close(writer));
  int both = SHOW_OPEN(open("fifo", O_RDWR));
  SHOW(write(both, "loop", 4));
  SHOW(read(both, text, sizeof text));
  SHOW(unlink("fifo"));
  SHOW(write(both, "still", 5));
  SHOW(read(both, text, sizeof text));
  struct stat status;
  SHOW(fstat(both, &status));
  SHOW(S_ISFIFO(status.st_mode));
  SHOW(status.st_nlink);
  return 0;
}
