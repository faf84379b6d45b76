// siglongjmp and longjmp out of signal handlers: through frames of the handler, of the call that
// the signal interrupted and of those that made it, with their variables and the signal mask.
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static sigjmp_buf place;
static int depth_of_handler;

static void handler_frames(int n, int value) {
  if (n == 0) siglongjmp(place, value);
  volatile char frame[100];
  memset((char*)frame, n, sizeof frame);
  handler_frames(n - 1, value);
}

static void jump(int number) { handler_frames(depth_of_handler, number); }

static int frames(int n, int number) {
  if (n == 0) {
    raise(number);
    return 1;
  }
  return frames(n - 1, number) + n;
}

static int is_blocked(int number) {
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, NULL, &mask);
  return sigismember(&mask, number);
}

static void with_mask(int save) {
  volatile int rounds = 0;
  int value = sigsetjmp(place, save);
  if (value != 0)
    printf("back with %d, SIGUSR1 blocked: %d\n", value == SIGUSR1, is_blocked(SIGUSR1));
  if (rounds++ < 3) {
    depth_of_handler = rounds;
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    pthread_sigmask(SIG_UNBLOCK, &mask, NULL);
    frames(rounds * 10, SIGUSR1);
    puts("not reached");
  }
}

static sigjmp_buf outer;
static void nested_handler(int number) {
  if (sigsetjmp(place, 1) == 0) raise(SIGUSR1);
  printf("inner jump came back in the handler of %d\n", number == SIGUSR2);
  siglongjmp(outer, 7);
}

static void* thread(void* argument) {
  static _Thread_local volatile int count;
  sigjmp_buf here;
  (void)argument;
  if (sigsetjmp(here, 1) == 0) {
    memcpy(&place, &here, sizeof here);
    pthread_kill(pthread_self(), SIGUSR1);
  }
  count++;
  printf("thread: %d\n", count);
  return NULL;
}

int main(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = jump;
  sigaction(SIGUSR1, &action, NULL);
  with_mask(1);
  with_mask(0);

  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  action.sa_handler = nested_handler;
  sigaction(SIGUSR2, &action, NULL);
  volatile double kept = 1.5;
  for (volatile int i = 0; i < 1000; i++) {
    int value = sigsetjmp(outer, 1);
    if (value == 0) {
      kept += 1;
      if (i % 250 == 0) frames(5, SIGUSR2);
    } else {
      printf("outer %d, kept %.1f\n", value, kept);
    }
  }

  // A signal that ends a wait.
  int ends[2];
  pipe(ends);
  if (sigsetjmp(place, 1) == 0) {
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    sigprocmask(SIG_BLOCK, &mask, NULL);
    raise(SIGUSR1);
    sigsuspend(&none);
    puts("not reached");
  }
  printf("out of sigsuspend, blocked: %d\n", is_blocked(SIGUSR1));

  pthread_t id;
  for (int i = 0; i < 3; i++) {
    pthread_create(&id, NULL, thread, NULL);
    pthread_join(id, NULL);
  }
  return 0;
}
