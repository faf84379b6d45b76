// system: what it returns, and what it does about signals meanwhile.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "process.h"

static volatile sig_atomic_t children, interrupts;
static void on_child(int number) { ++*(number == SIGCHLD ? &children : &interrupts); }

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  printf("there is a shell: %d\n", system(NULL) != 0);
  printf("%s\n", describe_status(system("exit 5")));
  printf("%s\n", describe_status(system("echo from the shell; false || echo or")));
  printf("%s\n", describe_status(system("kill -KILL $$")));
  printf("%s\n", describe_status(system("no-such-command 2>/dev/null")));
  setenv("VARIABLE", "from here", 1);
  printf("%s\n", describe_status(system("echo \"$VARIABLE\"; x=1; x=$((x + 1)); exit $x")));

  // SIGINT and SIGQUIT are ignored by the caller, and SIGCHLD waits until it has ended.
  signal(SIGCHLD, on_child);
  signal(SIGINT, on_child);
  char command[100];
  snprintf(command, sizeof command, "kill -INT %d; kill -QUIT %d; exit 4", (int)getpid(),
           (int)getpid());
  printf("%s\n", describe_status(system(command)));
  printf("interrupts %d\n", interrupts);
  raise(SIGINT);
  printf("interrupts %d\n", interrupts);

  // Another child stays for its own wait.
  const pid_t other = fork();
  if (other == 0) _exit(77);
  system("exit 1");
  printf("%s\n", end_of(other));
  return 0;
}
