// A file mapped by several processes: MAP_SHARED is one memory with the file, MAP_PRIVATE is a copy
// once written to, and fork keeps both that way.
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "process.h"

int main(void) {
  const int file = open("file", O_RDWR | O_CREAT, 0600);
  ftruncate(file, 16384);
  pwrite(file, "original", 8, 0);
  char* shared = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  char* private = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
  private[8192] = 'p';
  pid_t child = fork();
  if (child == 0) {
    memcpy(shared, "by child", 8);
    private[8192] = 'c';
    private[8193] = 'd';
    char text[9] = "";
    pread(file, text, 8, 0);
    close(file);
    _exit(strcmp(text, "by child") != 0);
  }
  printf("%s: shared %.8s, private %.8s, %c %d\n", end_of(child), shared, private, private[8192],
         private[8193]);
  pwrite(file, "by write", 8, 4096);
  printf("written: %.8s\n", shared + 4096);

  // Counting in it by processes that opened it themselves.
  atomic_int* counter = (atomic_int*)(shared + 12288);
  for (int i = 0; i < 4; ++i) {
    if (fork() == 0) {
      munmap(shared, 16384);
      const int own = open("file", O_RDWR);
      atomic_int* other = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, own, 12288);
      for (int j = 0; j < 10000; ++j) ++*other;
      _exit(0);
    }
  }
  while (wait(NULL) > 0) continue;
  printf("counted %d\n", *counter);
  // What a child unmaps or protects stays mapped here.
  child = fork();
  if (child == 0) {
    munmap(shared, 4096);
    mprotect(shared + 4096, 4096, PROT_NONE);
    _exit(0);
  }
  end_of(child);
  printf("%.8s %.8s\n", shared, shared + 4096);
  int value = 0;
  pread(file, &value, sizeof value, 12288);
  printf("in the file: %d\n", value);
  return 0;
}
