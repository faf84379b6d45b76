// A signal ends a child in whatever it waits for: a pipe, a futex, a child, time, a lock, a FIFO, a
// semaphore; also when it is another thread that waits. So does one that computes.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "process.h"

static int ends[2], locked;
static sem_t semaphore;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile unsigned long counter;

static void wait_for(int what) {
  char text[65536] = "";
  struct pollfd entry = {.fd = ends[0], .events = POLLIN};
  struct epoll_event event;
  sigset_t mask;
  struct flock record = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  sigemptyset(&mask);
  sigaddset(&mask, SIGUSR1);
  switch (what) {
    case 0:
      read(ends[0], text, 1);
      break;
    case 1:
      for (;;) write(ends[1], text, sizeof text);
    case 2:
      sem_wait(&semaphore);
      break;
    case 3:
      pthread_mutex_lock(&mutex), pthread_mutex_lock(&mutex);
      break;
    case 4:
      pause();
      break;
    case 5:
      sleep(1000);
      break;
    case 6:
      poll(&entry, 1, -1);
      break;
    case 7:
      if (fork() != 0)
        wait(NULL);
      else
        pause();
      break;
    case 8:
      open("fifo", O_RDONLY);
      break;
    case 9:
      flock(open("file", O_RDWR), LOCK_EX);
      break;
    case 10:
      fcntl(open("other", O_RDWR), F_SETLKW, &record);
      break;
    case 11:
      epoll_wait(epoll_create1(0), &event, 1, -1);
      break;
    case 12:
      read(eventfd(0, 0), text, 8);
      break;
    case 13:
      sigwaitinfo(&mask, NULL);
      break;
    case 14:
      sigsuspend(&mask);
      break;
    default:
      for (;;) ++counter;
  }
}
static void* wait_in_thread(void* what) {
  wait_for((int)(long)what);
  return NULL;
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  sem_init(&semaphore, 0, 0);
  mkfifo("fifo", 0600);
  locked = open("file", O_RDWR | O_CREAT, 0600);
  flock(locked, LOCK_EX);
  struct flock record = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  const int other = open("other", O_RDWR | O_CREAT, 0600);
  fcntl(other, F_SETLK, &record);
  for (long what = 0; what < 16; ++what) {
    printf("%ld:", what);
    for (int way = 0; way < 4; ++way) {
      pipe(ends);
      const pid_t child = fork();
      if (child == 0) {
        pthread_t thread;
        setpgid(0, 0);
        if (way >= 2) pthread_create(&thread, NULL, wait_in_thread, (void*)what);
        if (way >= 2) pthread_join(thread, NULL);
        wait_for((int)what);
        _exit(1);
      }
      setpgid(child, child);
      usleep(3000);
      kill(-child, way % 2 ? SIGTERM : SIGKILL);
      printf(" %s", end_of(child));
      close(ends[0]);
      close(ends[1]);
    }
    puts("");
  }
  return 0;
}
