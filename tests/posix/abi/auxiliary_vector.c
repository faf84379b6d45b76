// What the start block says of the user and the program.
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

int main(void) {
  printf("ids: %d %d %d %d\n", getauxval(AT_UID) == getuid(), getauxval(AT_EUID) == geteuid(),
         getauxval(AT_GID) == getgid(), getauxval(AT_EGID) == getegid());
  printf("secure: %lu\n", getauxval(AT_SECURE));
  char executable[4096] = "";
  readlink("/proc/self/exe", executable, sizeof executable - 1);
  const char* name = (const char*)getauxval(AT_EXECFN);
  printf("executable: %d\n", name != NULL && strcmp(name, executable) == 0);
  return 0;
}
