// Memory that processes share: futexes, mutexes, semaphores, condition variables and files in it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
  pthread_mutex_t mutex, robust;
  pthread_cond_t changed;
  pthread_barrier_t barrier;
  sem_t semaphore;
  long counter;
  int turn;
};

static void init(struct shared* shared) {
  pthread_mutexattr_t mutex;
  pthread_mutexattr_init(&mutex);
  pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(&shared->mutex, &mutex);
  pthread_mutexattr_setrobust(&mutex, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&shared->robust, &mutex);
  pthread_condattr_t condition;
  pthread_condattr_init(&condition);
  pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
  pthread_cond_init(&shared->changed, &condition);
  pthread_barrierattr_t barrier;
  pthread_barrierattr_init(&barrier);
  pthread_barrierattr_setpshared(&barrier, PTHREAD_PROCESS_SHARED);
  pthread_barrier_init(&shared->barrier, &barrier, 4);
  sem_init(&shared->semaphore, 1, 0);
}

static void use(struct shared* shared, const char* what) {
  init(shared);
  shared->counter = shared->turn = 0;
  for (int i = 0; i < 4; ++i) {
    if (fork() != 0) continue;
    pthread_barrier_wait(&shared->barrier);
    for (int n = 0; n < 5000; ++n) {
      pthread_mutex_lock(&shared->mutex);
      shared->counter = shared->counter + 1;
      pthread_mutex_unlock(&shared->mutex);
    }
    // In turns.
    for (int round = 0; round < 20; ++round) {
      pthread_mutex_lock(&shared->mutex);
      while (shared->turn % 4 != i) pthread_cond_wait(&shared->changed, &shared->mutex);
      ++shared->turn;
      pthread_cond_broadcast(&shared->changed);
      pthread_mutex_unlock(&shared->mutex);
    }
    sem_post(&shared->semaphore);
    _exit(0);
  }
  for (int i = 0; i < 4; ++i) sem_wait(&shared->semaphore);
  while (wait(NULL) > 0) {
  }
  printf("%s: counter %ld, turns %d\n", what, shared->counter, shared->turn);

  // The owner of a robust mutex dies.
  pid_t child = fork();
  if (child == 0) {
    pthread_mutex_lock(&shared->robust);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  int error = pthread_mutex_lock(&shared->robust);
  printf("owner died: %s\n", strerror(error));
  if (error == EOWNERDEAD) pthread_mutex_consistent(&shared->robust);
  pthread_mutex_unlock(&shared->robust);
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  use(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), "anonymous");

  char name[50];
  snprintf(name, sizeof name, "/linden-test-%d", getpid());
  int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
  ftruncate(fd, 4096);
  use(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), "shm_open");
  // By name, in another process, at another address.
  pid_t child = fork();
  if (child == 0) {
    int again = shm_open(name, O_RDWR, 0);
    struct shared* shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, again, 0);
    pthread_mutex_lock(&shared->mutex);
    shared->counter += 5;
    pthread_mutex_unlock(&shared->mutex);
    sem_post(&shared->semaphore);
    _exit(0);
  }
  struct shared* shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  sem_wait(&shared->semaphore);
  waitpid(child, NULL, 0);
  printf("by name: %ld\n", shared->counter);
  shm_unlink(name);

  // A private mapping of a file is copied, a shared one is not.
  char file[] = "/tmp/linden-shared-XXXXXX";
  fd = mkstemp(file);
  write(fd, "0123456789", 10);
  char* private = mmap(NULL, 10, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  char* mapped = mmap(NULL, 10, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  private[0] = 'p';
  child = fork();
  if (child == 0) {
    int ok = private[0] == 'p' && private[9] == '9' && mapped[0] == '0';
    private[1] = 'c';
    mapped[2] = 'c';
    _exit(ok ? 1 : 0);
  }
  int status;
  waitpid(child, &status, 0);
  char text[11] = "";
  pread(fd, text, 10, 0);
  printf("child %d, private %.10s, shared %.10s, file %s\n", WEXITSTATUS(status), private, mapped,
         text);

  // POSIX record locks belong to processes, flock's to open files.
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 5};
  printf("lock %d\n", fcntl(fd, F_SETLK, &lock));
  child = fork();
  if (child == 0) {
    struct flock other = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 2, .l_len = 1};
    int refused = fcntl(fd, F_SETLK, &other) == -1 && (errno == EAGAIN || errno == EACCES);
    fcntl(fd, F_GETLK, &other);
    int by_parent = other.l_type == F_WRLCK && other.l_pid == getppid();
    other = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 6, .l_len = 1};
    int beside = fcntl(fd, F_SETLK, &other) == 0;
    _exit(refused * 100 + by_parent * 10 + beside);
  }
  waitpid(child, &status, 0);
  printf("locks %d\n", WEXITSTATUS(status));
  unlink(file);
  return 0;
}
