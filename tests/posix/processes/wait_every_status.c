// Every exit code and every signal that ends a process, as wait tells them.
#include <signal.h>
#include <sys/resource.h>

#include "process.h"

int main(void) {
  const struct rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  int wrong = 0;
  for (int code = 0; code < 256; ++code) {
    const pid_t child = fork();
    if (child == 0) _exit(code);
    int status = -1;
    if (waitpid(child, &status, 0) != child || status != code << 8) ++wrong;
  }
  printf("%d of 256 codes are wrong\n", wrong);
  pid_t child = fork();
  if (child == 0) _exit(256 + 17);
  printf("only the low byte counts: %s\n", end_of(child));
  for (int signal_number = 1; signal_number <= 64; ++signal_number) {
    if (signal_number == SIGSTOP || signal_number == SIGTSTP || signal_number == SIGTTIN ||
        signal_number == SIGTTOU || signal_number == 32 || signal_number == 33) {
      continue;  // those that stop, and libc's own
    }
    child = fork();
    if (child == 0) {
      signal(signal_number, SIG_DFL);
      kill(getpid(), signal_number);
      _exit(200);  // where the default is to do nothing
    }
    printf("%d: %s\n", signal_number, end_of(child));
  }
  return 0;
}
