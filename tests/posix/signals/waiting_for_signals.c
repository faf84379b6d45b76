// sigwait, sigwaitinfo, sigtimedwait and sigsuspend, with signals of the process and of a thread.
#include "../report.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static sigset_t set;
static volatile sig_atomic_t handled;
static pthread_t main_thread;

static void handle(int number) { handled = number; }

static void* send_later(void* to_thread) {
  usleep(20000);
  if (to_thread != NULL) {
    pthread_kill(main_thread, SIGUSR1);
  } else {
    kill(getpid(), SIGUSR2);
  }
  return NULL;
}

static void* wait_in_thread(void* unused) {
  int number = 0;
  SHOW_ERROR(sigwait(&set, &number));
  printf("the thread got %s\n", sigabbrev_np(number));
  return NULL;
}

int main(void) {
  pthread_t thread;
  int number = 0;
  main_thread = pthread_self();
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);
  sigprocmask(SIG_BLOCK, &set, NULL);
  raise(SIGUSR1);
  SHOW_ERROR(sigwait(&set, &number));
  SHOW(number == SIGUSR1);
  pthread_create(&thread, NULL, send_later, &thread);
  siginfo_t information;
  SHOW(sigwaitinfo(&set, &information) == SIGUSR1);
  SHOW(information.si_pid == getpid());
  pthread_join(thread, NULL);
  pthread_create(&thread, NULL, send_later, NULL);
  struct timespec limit = {20, 0}, brief = {0, 1000000};
  SHOW(sigtimedwait(&set, &information, &limit) == SIGUSR2);
  SHOW(information.si_code == SI_USER);
  pthread_join(thread, NULL);
  SHOW(sigtimedwait(&set, &information, &brief));
  sigset_t none;
  sigemptyset(&none);
  SHOW(sigtimedwait(&none, NULL, &brief));

  // A thread's own signal is not for others.
  pthread_create(&thread, NULL, wait_in_thread, NULL);
  raise(SIGUSR1);
  kill(getpid(), SIGUSR2);
  pthread_join(thread, NULL);
  SHOW(sigtimedwait(&set, NULL, &brief) == SIGUSR1);

  signal(SIGUSR1, handle);
  raise(SIGUSR1);
  SHOW(handled);
  SHOW(sigsuspend(&none));
  SHOW(handled == SIGUSR1);
  sigset_t now;
  sigprocmask(SIG_SETMASK, NULL, &now);
  SHOW(sigismember(&now, SIGUSR1));
  // A handled signal that is not waited for interrupts.
  handled = 0;
  signal(SIGALRM, handle);
  ualarm(10000, 0);
  SHOW(sigwaitinfo(&set, &information));
  SHOW(handled == SIGALRM);
  ualarm(10000, 0);
  SHOW(pause());
  return 0;
}
