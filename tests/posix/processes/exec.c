// exec in all its forms, posix_spawn, and what they keep.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;
static char self[4096];

static int finish(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int report(int argc, char** argv) {
  for (int i = 0; i < argc; ++i) printf("[%s]", i == 0 || argv[i][0] == '/' ? "" : argv[i]);
  printf(" E=%s", getenv("E") ? getenv("E") : "none");
  for (int fd = 3; fd < 12; ++fd) printf(" %d", fcntl(fd, F_GETFD));
  struct sigaction action;
  sigaction(SIGUSR1, NULL, &action);
  printf(" %s", action.sa_handler == SIG_DFL ? "default" : "other");
  sigaction(SIGUSR2, NULL, &action);
  printf(" %s", action.sa_handler == SIG_IGN ? "ignored" : "other");
  sigset_t mask;
  sigprocmask(SIG_BLOCK, NULL, &mask);
  char directory[4096];
  printf(" blocked %d umask %03o cwd %s\n", sigismember(&mask, SIGHUP), umask(0),
         strcmp(getcwd(directory, sizeof directory), "/tmp") ? "other" : "/tmp");
  return 40 + argc;
}

static void on_signal(int number) { (void)number; }

static void* wait_forever(void* argument) {
  for (;;) pause();
  return argument;
}
static void* exec_from_thread(void* argument) {
  execl(self, "self", "pid", argument, (char*)NULL);
  return NULL;
}

int main(int argc, char** argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  self[length] = '\0';
  if (argc > 1 && (!strcmp(argv[1], "report") || !strcmp(argv[argc - 1], "report"))) {
    return report(argc, argv);
  }
  if (argc > 2 && !strcmp(argv[1], "pid")) {
    printf("same process: %d, first thread: %d\n", atoi(argv[2]) == getpid(), gettid() == getpid());
    return 3;
  }
  if (argc > 2 && !strcmp(argv[1], "chain")) {
    int left = atoi(argv[2]);
    if (left == 0) return 33;
    char number[20];
    snprintf(number, sizeof number, "%d", left - 1);
    execl(self, "self", "chain", number, (char*)NULL);
    return 1;
  }
  if (argc > 1 && !strcmp(argv[1], "copy")) {
    char buffer[100];
    ssize_t got;
    while ((got = read(0, buffer, sizeof buffer)) > 0) write(1, buffer, (size_t)got);
    return 0;
  }

  for (int fd = 3; fd < 20; ++fd) close(fd);  // what the test's shell has left open
  pid_t child = fork();
  if (child == 0) {
    int null = open("/dev/null", O_RDONLY);
    dup2(null, 5);
    dup3(null, 6, O_CLOEXEC);
    fcntl(null, F_DUPFD_CLOEXEC, 8);
    close(null);
    signal(SIGUSR1, on_signal);
    signal(SIGUSR2, SIG_IGN);
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGHUP);
    sigprocmask(SIG_BLOCK, &mask, NULL);
    umask(027);
    chdir("/tmp");
    char* arguments[] = {"self", "report", "with space", "", NULL};
    char* environment[] = {"E=from the caller", NULL};
    execve(self, arguments, environment);
    _exit(1);
  }
  printf("execve %d\n", finish(child));

  child = vfork();
  if (child == 0) {
    execl(self, "self", "chain", "100", (char*)NULL);
    _exit(1);
  }
  printf("chain %d\n", finish(child));

  char number[20];
  child = fork();
  if (child == 0) {
    snprintf(number, sizeof number, "%d", getpid());
    pthread_t threads[3];
    pthread_create(&threads[0], NULL, wait_forever, NULL);
    pthread_create(&threads[1], NULL, wait_forever, NULL);
    pthread_create(&threads[2], NULL, exec_from_thread, number);
    for (;;) pause();
  }
  printf("from a thread %d\n", finish(child));

  // What is no program.
  mkdir("directory", 0755);
  chdir("directory");
  int fd = open("file", O_WRONLY | O_CREAT, 0644);
  write(fd, "not a program", 13);
  close(fd);
  const char* wrong[] = {"file", "missing", "file/below", ".", "/proc/self", ""};
  for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; ++i) {
    execl(wrong[i], "x", (char*)NULL);
    printf("%s: %s\n", wrong[i], strerror(errno));
  }
  chmod("file", 0755);
  execl("file", "x", (char*)NULL);
  printf("file: %s\n", strerror(errno));
  symlink("loop", "loop");
  execl("loop", "x", (char*)NULL);
  printf("loop: %s\n", strerror(errno));
  char* large = malloc(200000);
  memset(large, 'a', 199999);
  large[199999] = '\0';
  execl(self, "self", large, (char*)NULL);
  printf("large: %s\n", strerror(errno));
  execve(self, (char**)8, environ);
  printf("bad pointer: %s\n", strerror(errno));

  // Scripts.
  const char* scripts[] = {"#!%s report\n", "#! %s\treport  \nrest", "#!%s", "#!\n",
                           "#!/missing/interpreter x\n"};
  for (unsigned i = 0; i < sizeof scripts / sizeof *scripts; ++i) {
    FILE* script = fopen("script", "w");
    fprintf(script, scripts[i], self);
    fclose(script);
    chmod("script", 0755);
    child = fork();
    if (child == 0) {
      execl("./script", "script", i == 2 ? "report" : "argument", (char*)NULL);
      printf("script %u: %s\n", i, strerror(errno));
      _exit(9);
    }
    printf("script %u %d\n", i, finish(child));
  }
  symlink("script2", "script");
  FILE* script = fopen("recursive", "w");
  fprintf(script, "#!./recursive\n");
  fclose(script);
  chmod("recursive", 0755);
  execl("./recursive", "x", (char*)NULL);
  printf("recursive: %s\n", strerror(errno));

  // By descriptor.
  child = fork();
  if (child == 0) {
    int program = open(self, O_RDONLY | O_CLOEXEC);
    char* arguments[] = {"self", "chain", "0", NULL};
    fexecve(program, arguments, environ);
    _exit(1);
  }
  printf("fexecve %d\n", finish(child));

  // posix_spawn.
  int ends[2];
  pipe(ends);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  posix_spawn_file_actions_addopen(&actions, 0, "input", O_RDONLY, 0);
  fd = open("input", O_WRONLY | O_CREAT, 0644);
  write(fd, "spawned", 7);
  close(fd);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGUSR1);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  char* copy[] = {"self", "copy", NULL};
  int error = posix_spawn(&child, self, &actions, &attributes, copy, environ);
  close(ends[1]);
  char text[20] = "";
  read(ends[0], text, sizeof text - 1);
  printf("posix_spawn: %d, own group %d, %s, %d\n", error, getpgid(child) == child, text,
         finish(child));
  error = posix_spawn(&child, "./missing", NULL, NULL, copy, environ);
  printf("posix_spawn of nothing: %s\n", strerror(error));
  posix_spawn_file_actions_addopen(&actions, 7, "./missing/too", O_RDONLY, 0);
  error = posix_spawn(&child, self, &actions, &attributes, copy, environ);
  printf("posix_spawn with a bad action: %s\n", strerror(error));
  while (waitpid(-1, NULL, WNOHANG) > 0) {
  }
  chdir("/");
  return 0;
}
