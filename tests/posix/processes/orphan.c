// A process whose parent ends gets another parent, which is not its grandparent, and nobody has to
// wait for it: the double fork of daemons.
#include <errno.h>

#include "process.h"

int main(void) {
  int ends[2], gate[2], seen[2];
  pipe(ends);
  pipe(gate);
  pipe(seen);
  const pid_t grandparent = getpid();
  const pid_t child = fork();
  if (child == 0) {
    const pid_t parent = getpid();
    const pid_t orphan = fork();
    if (orphan == 0) {
      char c;
      const int before = getppid() == parent;
      write(seen[1], "", 1);
      close(gate[1]);
      read(gate[0], &c, 1);  // until the grandparent has waited for the parent
      const pid_t now = getppid();
      dprintf(ends[1], "parent before %d, after %d, is the grandparent %d\n", before, now == parent,
              now == grandparent);
      _exit(7);
    }
    char c;
    read(seen[0], &c, 1);
    _exit(3);
  }
  close(ends[1]);
  printf("the child: %s\n", end_of(child));
  close(gate[1]);
  char text[200] = "";
  read_fully(ends[0], text, sizeof text - 1);
  fputs(text, stdout);
  printf("nobody to wait for: %d %s\n", wait(NULL), strerror(errno));
  return 0;
}
