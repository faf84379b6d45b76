// Pipes: sizes, ends, not waiting, packets.
#include "../report.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(void) {
  static char block[1 << 17];
  int ends[2], available;
  signal(SIGPIPE, SIG_IGN);
  SHOW(pipe2(ends, O_NONBLOCK));
  SHOW(read(ends[0], block, 10));
  SHOW(fcntl(ends[0], F_GETPIPE_SZ));
  SHOW(write(ends[1], block, sizeof block));
  SHOW(write(ends[1], block, 1));
  SHOW(ioctl(ends[0], FIONREAD, &available));
  SHOW(available);
  SHOW(read(ends[0], block, 100));
  // Less than PIPE_BUF is written whole or not at all.
  SHOW(write(ends[1], block, 4096));
  SHOW(read(ends[0], block, 4096));
  SHOW(write(ends[1], block, 4096));
  SHOW(fcntl(ends[1], F_SETPIPE_SZ, 4096));
  while (read(ends[0], block, sizeof block) > 0) continue;
  SHOW(fcntl(ends[1], F_SETPIPE_SZ, 4096));
  SHOW(fcntl(ends[0], F_GETPIPE_SZ));
  SHOW(write(ends[1], block, 5000));
  SHOW(fcntl(ends[1], F_SETPIPE_SZ, 5000));
  SHOW(fcntl(ends[1], F_SETPIPE_SZ, 0));
  SHOW(fcntl(ends[1], F_SETPIPE_SZ, -1));
  SHOW(read(ends[0], block, 0));
  SHOW(write(ends[1], block, 0));
  SHOW(write(ends[0], "x", 1));
  SHOW(read(ends[1], block, 1));
  SHOW(lseek(ends[0], 0, SEEK_SET));
  SHOW(close(ends[0]));
  SHOW(write(ends[1], "x", 1));
  SHOW(write(ends[1], "x", 0));
  SHOW(close(ends[1]));

  SHOW(pipe(ends));
  SHOW(write(ends[1], "last words", 10));
  SHOW(close(ends[1]));
  SHOW(read(ends[0], block, 4));
  SHOW(read(ends[0], block, 100));
  SHOW(read(ends[0], block, 100));
  SHOW(close(ends[0]));

  SHOW(pipe2(ends, O_DIRECT));
  SHOW(write(ends[1], "first", 5));
  SHOW(write(ends[1], "second", 6));
  SHOW(read(ends[0], block, 3));
  SHOW(read(ends[0], block, 100));
  report_bytes("packet", block, 6);
  SHOW(pipe2(ends, 0x7));
  SHOW(pipe((int*)8));
  return 0;
}
