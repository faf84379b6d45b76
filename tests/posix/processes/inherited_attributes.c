// What children and programs inherit, and what they change for themselves alone: umask, working
// directory, limits, nice value, name.
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "process.h"

static void show(const char* who) {
  char directory[4096] = "", name[17] = "";
  const mode_t mask = umask(0);
  umask(mask);
  struct rlimit files, size;
  getrlimit(RLIMIT_NOFILE, &files);
  getrlimit(RLIMIT_FSIZE, &size);
  getcwd(directory, sizeof directory);
  prctl(PR_GET_NAME, name);
  errno = 0;
  printf("%s: umask %03o, in %s, files %ld, size %ld, nice %d, name %s\n", who, (unsigned)mask,
         strrchr(directory, '/'), (long)files.rlim_cur, (long)size.rlim_cur,
         getpriority(PRIO_PROCESS, 0), strcmp(who, "program") ? name : "its own");
  fflush(stdout);
}

int main(int argc, char** argv) {
  if (argc > 1) {
    show(argv[1]);
    return 0;
  }
  mkdir("here", 0755);
  mkdir("here/below", 0755);
  chdir("here");
  umask(026);
  struct rlimit files = {100, 200}, size = {1 << 20, RLIM_INFINITY};
  setrlimit(RLIMIT_NOFILE, &files);
  setrlimit(RLIMIT_FSIZE, &size);
  setpriority(PRIO_PROCESS, 0, 3);
  prctl(PR_SET_NAME, "a name");
  show("parent");
  pid_t child = fork();
  if (child == 0) {
    show("child");
    if (fork() == 0) {
      execl(own_path(), argv[0], "program", (char*)NULL);
      _exit(1);
    }
    wait(NULL);
    chdir("below");
    umask(077);
    files.rlim_cur = 50;
    setrlimit(RLIMIT_NOFILE, &files);
    setpriority(PRIO_PROCESS, 0, 5);
    prctl(PR_SET_NAME, "another");
    show("changed");
    _exit(0);
  }
  printf("%s\n", end_of(child));
  show("parent");
  child = fork();
  if (child == 0) {
    for (int i = 0; i < 200; ++i) {
      if (dup(0) < 0) _exit(errno == EMFILE ? 1 : 2);
    }
    _exit(3);
  }
  printf("limit in a child: %s\n", end_of(child));
  return 0;
}
