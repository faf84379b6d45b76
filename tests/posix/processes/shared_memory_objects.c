// shm_open: by a name or inherited, the same pages; and what their ends are.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "process.h"

int main(int argc, char** argv) {
  if (argc > 1) {
    // Another program finds the object by its name.
    const int object = shm_open(argv[1], O_RDWR, 0);
    if (object < 0) return 1;
    char* memory = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);
    if (memory == MAP_FAILED || strcmp(memory, "from the parent") != 0) return 2;
    strcpy(memory + 4096, "from the program");
    return 3;
  }
  setvbuf(stdout, NULL, _IONBF, 0);
  char name[64];
  snprintf(name, sizeof name, "/object-%d", (int)getpid());
  const int object = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
  struct stat status;
  fstat(object, &status);
  printf("size %ld, close on exec %d, regular %d\n", (long)status.st_size, fcntl(object, F_GETFD),
         S_ISREG(status.st_mode));
  printf("exists: %d", shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600));
  printf(" %s\n", strerror(errno));
  ftruncate(object, 8192);
  char* memory = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);
  strcpy(memory, "from the parent");
  pid_t child = fork();
  if (child == 0) {
    execl(own_path(), argv[0], name, (char*)NULL);
    _exit(9);
  }
  printf("%s: %s\n", end_of(child), memory + 4096);
  printf("unlink %d", shm_unlink(name));
  printf(", then %d", shm_open(name, O_RDWR, 0));
  printf(" %s\n", strerror(errno));

  // Without a name: a second mapping in a child, and one that is private.
  child = fork();
  if (child == 0) {
    char* second = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);
    char* copy = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, object, 0);
    strcpy(second, "through the second mapping");
    strcpy(copy + 100, "nobody sees this");
    _exit(strcmp(copy, second));
  }
  printf("%s: %s, %d\n", end_of(child), memory, memory[100]);
  ftruncate(object, 4096);
  printf("the first page stays: %c\n", memory[0]);
  return 0;
}
