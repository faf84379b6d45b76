// A child is killed while it begins a program, forks, waits, or starts threads, at moments that
// vary: its status is always the signal, and it is gone at once.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "process.h"

static void* nothing(void* argument) { return argument; }

static void exec_again(char* name) {
  execl(own_path(), name, "exec", (char*)NULL);
  _exit(99);
}

static void act(const char* what, char* name) {
  if (strcmp(what, "exec") == 0) exec_again(name);
  for (;;) {
    if (strcmp(what, "fork") == 0 || strcmp(what, "wait") == 0) {
      const pid_t child = fork();
      if (child == 0) {
        if (*what == 'w') usleep(500);
        _exit(0);
      }
      waitpid(child, NULL, 0);
    } else {
      pthread_t thread;
      if (pthread_create(&thread, NULL, nothing, NULL) == 0) pthread_join(thread, NULL);
    }
  }
}

int main(int argc, char** argv) {
  if (argc > 1) exec_again(argv[0]);
  const char* actions[] = {"exec", "fork", "wait", "threads"};
  for (int i = 0; i < 4; ++i) {
    int wrong = 0;
    for (int round = 0; round < 40; ++round) {
      const pid_t child = fork();
      if (child == 0) act(actions[i], argv[0]);
      usleep((unsigned)(round * 137 % 5000));
      const int signal_number = round % 2 ? SIGKILL : SIGTERM;
      kill(child, signal_number);
      int status = 0;
      waitpid(child, &status, 0);
      wrong += status != signal_number;
    }
    printf("%s: %d wrong\n", actions[i], wrong);
  }
  return 0;
}
