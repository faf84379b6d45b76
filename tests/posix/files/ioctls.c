// ioctl on files that are no terminals.
#include "../report.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int main(void) {
  struct termios terminal;
  struct winsize size;
  int ends[2], value = -1, on = 1, off = 0;
  char name[64];
  pipe(ends);
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  SHOW(write(fd, "0123456789", 10));
  SHOW(ioctl(fd, FIONREAD, &value));
  SHOW(value);
  SHOW(lseek(fd, 4, SEEK_SET));
  SHOW(ioctl(fd, FIONREAD, &value));
  SHOW(value);
  SHOW(write(ends[1], "abc", 3));
  SHOW(ioctl(ends[0], FIONREAD, &value));
  SHOW(value);
  SHOW(ioctl(ends[0], FIONREAD, (int*)8));
  SHOW(ioctl(ends[0], FIONBIO, &on));
  printf("nonblocking: %d\n", !!(fcntl(ends[0], F_GETFL) & O_NONBLOCK));
  SHOW(ioctl(ends[0], FIONBIO, &off));
  printf("nonblocking: %d\n", !!(fcntl(ends[0], F_GETFL) & O_NONBLOCK));
  SHOW(ioctl(fd, FIOCLEX));
  SHOW(fcntl(fd, F_GETFD));
  SHOW(ioctl(fd, FIONCLEX));
  SHOW(fcntl(fd, F_GETFD));
  SHOW(isatty(fd));
  SHOW(isatty(ends[0]));
  SHOW(isatty(-1));
  SHOW(tcgetattr(fd, &terminal));
  SHOW(tcgetattr(ends[0], &terminal));
  SHOW(tcsetattr(fd, TCSANOW, &terminal));
  SHOW(tcsetattr(fd, 55, &terminal));
  SHOW(ioctl(fd, TIOCGWINSZ, &size));
  SHOW(tcgetpgrp(fd));
  SHOW(tcflush(fd, TCIFLUSH));
  SHOW(tcdrain(ends[1]));
  SHOW_ERROR(ttyname_r(fd, name, sizeof name));
  SHOW_POINTER(ttyname(ends[0]));
  SHOW(ioctl(fd, 0x12345678, 0));
  SHOW(ioctl(-1, FIONREAD, &value));
  SHOW(ioctl(open("file", O_PATH), FIONREAD, &value));
  int null = open("/dev/null", O_RDWR);
  SHOW(isatty(null));
  SHOW(ioctl(null, TCGETS, &terminal));
  // Speeds and raw mode are libc's arithmetic.
  memset(&terminal, 0, sizeof terminal);
  SHOW(cfsetspeed(&terminal, B9600));
  SHOW(cfgetospeed(&terminal) == B9600);
  SHOW(cfsetospeed(&terminal, 12345));
  terminal.c_lflag = ECHO | ICANON | ISIG | TOSTOP;
  cfmakeraw(&terminal);
  SHOW(terminal.c_lflag == TOSTOP);
  SHOW(terminal.c_cc[VMIN]);
  return 0;
}
