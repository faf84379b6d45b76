// Anonymous shared memory and /dev/shm between a parent and its children.
#include "../report.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  _Atomic int* shared =
      SHOW_POINTER(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  int* private =
      SHOW_POINTER(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  *private = 5;
  fflush(stdout);
  for (int i = 0; i < 4; i++) {
    if (fork() == 0) {
      for (int k = 0; k < 1000; k++) ++*shared;
      ++*private;
      mprotect((void*)shared, 4096, PROT_READ);
      _exit(*private);
    }
  }
  int status, sum = 0;
  while (wait(&status) > 0) sum += WEXITSTATUS(status);
  printf("shared %d, private %d, in children %d\n", *shared, *private, sum);

  shm_unlink("/linden-two-world-test");
  int fd = SHOW_OPEN(shm_open("/linden-two-world-test", O_CREAT | O_EXCL | O_RDWR, 0600));
  SHOW_OPEN(shm_open("/linden-two-world-test", O_CREAT | O_EXCL | O_RDWR, 0600));
  SHOW_OPEN(shm_open("/", O_RDWR, 0600));
  SHOW_OPEN(shm_open("/no-such-object", O_RDWR, 0600));
  SHOW(ftruncate(fd, 8192));
  struct stat status_of;
  SHOW(fstat(fd, &status_of));
  printf("%o %lld\n", (unsigned)status_of.st_mode, (long long)status_of.st_size);
  char* parent = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  fflush(stdout);
  if (fork() == 0) {
    int again = shm_open("/linden-two-world-test", O_RDWR, 0);
    char* child = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, again, 4096);
    strcpy(child, "from the child");
    _exit(0);
  }
  wait(NULL);
  printf("%s\n", parent + 4096);
  SHOW(shm_unlink("/linden-two-world-test"));
  SHOW(shm_unlink("/linden-two-world-test"));
  strcpy(parent, "still there");
  printf("%s\n", parent);
  return 0;
}
