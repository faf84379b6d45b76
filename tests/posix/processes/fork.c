// fork: memory, descriptors and variables are copied; what a stack holds at any depth goes on in
// the child, in setjmp regions, signal handlers and threads too.
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int finish(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int global = 1;
static __thread int local = 2;

static void copies(void) {
  int automatic = 3;
  char* heap = strcpy(malloc(100), "parent");
  char* pages = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char* shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  char* read_only = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char* hidden = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  strcpy(read_only, "read-only");
  strcpy(hidden, "hidden");
  mprotect(read_only, 4096, PROT_READ);
  mprotect(hidden, 4096, PROT_NONE);
  memset(pages + 5000, 'p', 1000);
  pid_t child = fork();
  if (child == 0) {
    int ok = global == 1 && local == 2 && automatic == 3 && !strcmp(heap, "parent") &&
             pages[5500] == 'p' && pages[0] == 0 && !strcmp(read_only, "read-only");
    mprotect(hidden, 4096, PROT_READ);
    ok = ok && !strcmp(hidden, "hidden");
    global = local = automatic = 10;
    strcpy(heap, "child");
    pages[5500] = 'c';
    strcpy(shared, "from the child");
    _exit(ok ? 42 : 1);
  }
  printf("child %d\n", finish(child));
  printf("parent still has %d %d %d %s %c; shared: %s\n", global, local, automatic, heap,
         pages[5500], shared);
  // The child writes where it may not.
  child = fork();
  if (child == 0) {
    signal(SIGSEGV, SIG_DFL);
    *(volatile char*)read_only = 1;
    _exit(0);
  }
  printf("write to a read-only page: %d\n", finish(child));
}

// Values of all kinds live across the call, at every depth.
static double deep(int n, long a, double x, float y, const char* text) {
  if (n == 0) {
    pid_t child = fork();
    return child == 0 ? 1e6 : (double)finish(child);
  }
  long b = (a * 3 + n) % 10007;
  double z = x * 1.5 - n;
  double below = deep(n - 1, b, z, y + 1, text + 1);
  return below + (double)(b % 7) + z * 0 + (y > 0 ? 1 : 0) + (text[0] == 'x' ? 1 : 0);
}

static char text_of_x[2001];

static void tree(int depth, int* count) {
  for (int i = 0; i < 2; ++i) {
    pid_t child = fork();
    if (child == 0) {
      __atomic_fetch_add(count, 1, __ATOMIC_SEQ_CST);
      if (depth > 1) tree(depth - 1, count);
      _exit(0);
    }
  }
  while (wait(NULL) > 0) {
  }
}

static jmp_buf place;
static void jumps(void) {
  volatile int round = 0;
  int value = setjmp(place);
  if (value == 0) {
    pid_t child = fork();
    if (child == 0) longjmp(place, 5);
    round = 1;
    printf("jumped in the child: %d\n", finish(child));
    longjmp(place, 6);
  }
  if (value == 5) _exit(round == 0 ? 55 : 1);
  printf("jumped in the parent: %d %d\n", value, round);
}

static volatile pid_t from_handler;
static void handler(int number) {
  (void)number;
  from_handler = fork();
}

static void* thread(void* argument) {
  pid_t child = fork();
  if (child == 0) _exit((int)(long)argument + 1);
  return (void*)(long)finish(child);
}

static int prepared, in_parent, in_child;
static void prepare(void) { ++prepared; }
static void parent(void) { ++in_parent; }
static void child_handler(void) { ++in_child; }

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  copies();

  memset(text_of_x, 'x', 2000);
  for (int depth = 1; depth <= 1000; depth *= 10) {
    pid_t self = getpid();
    double result = deep(depth, depth, 0.5, 1.0f, text_of_x);
    if (getpid() != self) _exit((int)((long)(result - 1e6) % 200));
    printf("deep %d: %.0f\n", depth, result);
  }

  int* count = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  tree(4, count);
  printf("tree of %d\n", *count);

  jumps();

  signal(SIGUSR1, handler);
  int before = getpid();
  raise(SIGUSR1);
  if (getpid() != before) _exit(77);
  printf("forked in a handler: %d\n", finish(from_handler));

  pthread_t threads[8];
  for (long i = 0; i < 8; ++i) pthread_create(&threads[i], NULL, thread, (void*)i);
  for (long i = 0; i < 8; ++i) {
    void* result;
    pthread_join(threads[i], &result);
    printf("thread %ld: %ld\n", i, (long)result);
  }

  pthread_atfork(prepare, parent, child_handler);
  pid_t child = fork();
  if (child == 0) _exit(prepared * 100 + in_parent * 10 + in_child);
  printf("atfork: child %d, parent %d%d%d\n", finish(child), prepared, in_parent, in_child);

  // Double fork: the middle one ends, the last one goes on.
  int ends[2];
  pipe(ends);
  child = fork();
  if (child == 0) {
    pid_t middle = getpid();
    if (fork() == 0) {
      while (getppid() == middle) usleep(1000);
      write(ends[1], "orphan", 6);
      _exit(0);
    }
    _exit(0);
  }
  close(ends[1]);
  finish(child);
  char text[10] = "";
  ssize_t got = read(ends[0], text, 9);
  printf("%zd %s, then %zd\n", got, text, read(ends[0], text, 9));

  for (int i = 0; i < 300; ++i) {
    child = fork();
    if (child == 0) _exit(i % 250);
    if (finish(child) != i % 250) printf("round %d\n", i);
  }
  puts("300 rounds");

  // Threads of the parent are not there in the child.
  child = fork();
  if (child == 0) {
    pthread_t again;
    pthread_create(&again, NULL, thread, (void*)20L);
    void* result;
    pthread_join(again, &result);
    exit((int)(long)result);
  }
  printf("threads in a child: %d\n", finish(child));
  return 0;
}
