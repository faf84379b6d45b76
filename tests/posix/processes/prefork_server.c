// A prefork server: workers take requests from one pipe under a lock; one that crashes is replaced,
// and no answer is lost or given twice.
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>

#include "process.h"

enum { WORKERS = 4, REQUESTS = 2000 };
struct message {
  int number;
  int value;
};

static int requests[2], answers[2];

static pid_t start_worker(void) {
  const pid_t child = fork();
  if (child != 0) return child;
  const int lock = open("lock", O_RDWR);
  close(requests[1]);
  for (;;) {
    struct message message;
    flock(lock, LOCK_EX);
    const size_t got = read_fully(requests[0], &message, sizeof message);
    flock(lock, LOCK_UN);
    if (got == 0) exit(0);
    if (message.value < 0) {
      message.value = -1;
      write(answers[1], &message, sizeof message);
      raise(SIGKILL);
    }
    message.value = message.value * 2 + 1;
    write(answers[1], &message, sizeof message);
  }
}

int main(void) {
  close(open("lock", O_RDWR | O_CREAT, 0600));
  pipe(requests);
  pipe(answers);
  for (int i = 0; i < WORKERS; ++i) start_worker();
  static int seen[REQUESTS];
  int sent = 0, received = 0, restarted = 0, wrong = 0;
  while (received < REQUESTS) {
    while (sent < REQUESTS && sent - received < 50) {
      const struct message request = {sent, sent % 100 == 99 ? -1 : sent};
      write(requests[1], &request, sizeof request);
      ++sent;
    }
    struct message answer;
    read_fully(answers[0], &answer, sizeof answer);
    ++received;
    wrong += seen[answer.number]++ != 0;
    if (answer.value < 0) {
      int status = 0;
      wait(&status);
      wrong += !WIFSIGNALED(status);
      ++restarted;
      start_worker();
    } else {
      wrong += answer.value != answer.number * 2 + 1;
    }
  }
  close(requests[1]);
  int status, ended = 0;
  while (wait(&status) > 0) ended += status == 0;
  printf("%d answers, %d wrong, %d restarted, %d ended\n", received, wrong, restarted, ended);
  return 0;
}
