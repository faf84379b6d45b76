// Timers that send signals: setitimer, alarm, and those of timer_create, with each kind of
// notification.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t alarms, timer_signals, last_code, last_value;
static sem_t expired;

static void on_alarm(int number) { alarms += number == SIGALRM; }

static void on_timer(int number, siginfo_t* information, void* context) {
  (void)number, (void)context;
  last_code = information->si_code;
  last_value = information->si_value.sival_int;
  timer_signals++;
}

static void in_thread(union sigval value) {
  *(int*)value.sival_ptr += 1;
  sem_post(&expired);
}

static void wait_for(volatile sig_atomic_t* count, int wanted) {
  const struct timespec step = {0, 1000000};
  for (int i = 0; i < 20000 && *count < wanted; i++) nanosleep(&step, NULL);
}

static void arm(timer_t timer, long nanoseconds, long interval) {
  struct itimerspec value = {{0, interval}, {0, nanoseconds}};
  if (timer_settime(timer, 0, &value, NULL) != 0) perror("timer_settime");
}

static void alarms_and_interval_timers(void) {
  struct sigaction action = {.sa_handler = on_alarm};
  sigaction(SIGALRM, &action, NULL);
  printf("alarm: %u %u\n", alarm(100), alarm(0));
  struct itimerval value = {{0, 2000}, {0, 1000}}, old;
  setitimer(ITIMER_REAL, &value, NULL);
  wait_for(&alarms, 3);
  memset(&value, 0, sizeof value);
  setitimer(ITIMER_REAL, &value, &old);
  printf("interval timer: %d, every %ld us\n", alarms >= 3, (long)old.it_interval.tv_usec);
  getitimer(ITIMER_REAL, &old);
  printf("stopped: %ld %ld\n", (long)old.it_value.tv_sec, (long)old.it_value.tv_usec);
  // An alarm ends a wait.
  alarms = 0;
  ualarm(20000, 0);
  printf("sleep was interrupted: %d\n", usleep(10000000) == -1 && errno == EINTR);
  ualarm(1000, 0);
  while (alarms < 2) pause();
  printf("setitimer(99): %d %s\n", setitimer(99, &value, NULL), strerror(errno));
}

static void signal_timers(void) {
  struct sigaction action = {.sa_sigaction = on_timer, .sa_flags = SA_SIGINFO};
  sigaction(SIGRTMIN + 1, &action, NULL);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1};
  event.sigev_value.sival_int = 4711;
  timer_t timer;
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) perror("timer_create");
  arm(timer, 1000000, 0);
  wait_for(&timer_signals, 1);
  printf("signal: %d code %d value %d\n", timer_signals, last_code, last_value);
  printf("overrun %d\n", timer_getoverrun(timer));

  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN + 1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  arm(timer, 1000000, 1000000);
  usleep(30000);
  siginfo_t information;
  int taken = sigwaitinfo(&set, &information);
  printf("waited for: %d code %d value %d, overrun %d\n", taken - SIGRTMIN, information.si_code,
         information.si_value.sival_int, information.si_overrun > 10);
  struct itimerspec left;
  timer_gettime(timer, &left);
  printf("interval %ld\n", left.it_interval.tv_nsec);
  arm(timer, 0, 0);
  timer_gettime(timer, &left);
  printf("stopped: %ld\n", (long)left.it_value.tv_nsec);
  timer_delete(timer);
  printf("deleted: %d %s\n", timer_gettime(timer, &left), strerror(errno));

  // Absolute, in the past: at once.
  event.sigev_signo = SIGRTMIN + 1;
  timer_create(CLOCK_REALTIME, &event, &timer);
  struct itimerspec past = {{0, 0}, {1, 0}};
  timer_settime(timer, TIMER_ABSTIME, &past, NULL);
  printf("past: %d\n", sigwaitinfo(&set, &information) - SIGRTMIN);
  timer_delete(timer);
}

static void other_notifications(void) {
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  timer_t timer;
  timer_create(CLOCK_MONOTONIC, &event, &timer);
  arm(timer, 500000000, 0);
  struct itimerspec left;
  timer_gettime(timer, &left);
  printf("none: %d\n", left.it_value.tv_nsec > 0);
  timer_delete(timer);

  int count = 0;
  sem_init(&expired, 0, 0);
  memset(&event, 0, sizeof event);
  event.sigev_notify = SIGEV_THREAD;
  event.sigev_notify_function = in_thread;
  event.sigev_value.sival_ptr = &count;
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) perror("SIGEV_THREAD");
  arm(timer, 1000000, 0);
  sem_wait(&expired);
  printf("thread: %d\n", count);
  timer_delete(timer);

  memset(&event, 0, sizeof event);
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = SIGRTMIN + 1;
  event._sigev_un._tid = syscall(SYS_gettid);
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) perror("SIGEV_THREAD_ID");
  arm(timer, 1000000, 0);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN + 1);
  printf("thread id: %d\n", sigwaitinfo(&set, NULL) - SIGRTMIN);
  timer_delete(timer);
}

int main(void) {
  alarms_and_interval_timers();
  signal_timers();
  other_notifications();
  // What is still running does not hold the program up.
  alarm(1000);
  return 0;
}
