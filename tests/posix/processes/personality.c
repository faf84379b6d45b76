// personality(2) answers with what was set before; children inherit it.
#include <stdio.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  const unsigned before = personality(0xffffffff);
  printf("set: %d\n", personality(before | ADDR_NO_RANDOMIZE) == (int)before);
  printf("ask: %d\n", personality(0xffffffff) == (int)(before | ADDR_NO_RANDOMIZE));
  fflush(stdout);
  if (fork() == 0) _exit(personality(0xffffffff) == (int)(before | ADDR_NO_RANDOMIZE) ? 3 : 4);
  int status;
  wait(&status);
  printf("child: %d\n", WEXITSTATUS(status));
  return 0;
}
