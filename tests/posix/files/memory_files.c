// memfd_create and seals.
#include "../report.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  char text[64];
  struct stat status;
  int fd = SHOW_OPEN(memfd_create("name", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  SHOW(fcntl(fd, F_GETFD));
  SHOW(fcntl(fd, F_GET_SEALS));
  SHOW(write(fd, "0123456789", 10));
  SHOW(fstat(fd, &status));
  printf("%o %lld %d\n", (unsigned)status.st_mode, (long long)status.st_size, (int)status.st_nlink);
  SHOW(ftruncate(fd, 4096));
  char* shared = SHOW_POINTER(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
  memcpy(shared, "mapped", 6);
  SHOW(pread(fd, text, 10, 0));
  report_bytes("file", text, 10);
  SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
  SHOW(ftruncate(fd, 100));
  SHOW(ftruncate(fd, 8192));
  SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
  SHOW(ftruncate(fd, 10000));
  SHOW(pwrite(fd, "x", 1, 9000));
  SHOW(pwrite(fd, "x", 1, 100));
  // No write seal while there is a shared writable mapping.
  SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
  SHOW(munmap(shared, 4096));
  SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
  SHOW(pwrite(fd, "x", 1, 100));
  SHOW_POINTER(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
  char* private = SHOW_POINTER(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
  private[0] = 'M';
  report_bytes("private", private, 6);
  SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
  SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));
  SHOW(fcntl(fd, F_GET_SEALS));
  SHOW(fcntl(fd, F_ADD_SEALS, 0x1000));

  int unsealable = SHOW_OPEN(memfd_create("", 0));
  SHOW(fcntl(unsealable, F_GET_SEALS));
  SHOW(fcntl(unsealable, F_ADD_SEALS, F_SEAL_GROW));
  SHOW(memfd_create("x", 0x100000));
  SHOW(memfd_create((char*)8, 0));
  memset(text, 'n', sizeof text);
  char name[300];
  memset(name, 'n', sizeof name);
  name[249] = 0;
  SHOW_OPEN(memfd_create(name, 0));
  name[249] = 'n';
  name[250] = 0;
  SHOW_OPEN(memfd_create(name, 0));
  int reader = open("file", O_CREAT | O_RDONLY, 0600);
  SHOW(fcntl(reader, F_GET_SEALS));
  return 0;
}
