// posix_spawn's file actions: done in order, in the child alone.
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "process.h"

extern char** environ;

static const char* spawn(posix_spawn_file_actions_t* actions, const char* what) {
  pid_t child;
  char* arguments[] = {"self", (char*)what, NULL};
  const int error = posix_spawn(&child, own_path(), actions, NULL, arguments, environ);
  return error ? strerror(error) : end_of(child);
}

int main(int argc, char** argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  if (argc > 1) {
    char text[100] = "";
    const ssize_t got = read(0, text, sizeof text - 1);
    char directory[4096] = "";
    getcwd(directory, sizeof directory);
    const char* last = strrchr(directory, '/');
    printf("%s: read %zd %s, 7 is %d, 8 is %d, in %s\n", argv[1], got, got > 0 ? text : "",
           fcntl(7, F_GETFD), fcntl(8, F_GETFD), strcmp(argv[1], "chdir") ? "place" : last);
    return 3;
  }
  const int file = open("input", O_RDWR | O_CREAT, 0600);
  write(file, "text", 4);
  lseek(file, 0, SEEK_SET);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, file, 0);
  posix_spawn_file_actions_adddup2(&actions, 1, 7);
  posix_spawn_file_actions_addclose(&actions, 8);  // what is not open is no error
  printf("%s\n", spawn(&actions, "dup2"));
  printf("not here: %d\n", fcntl(7, F_GETFD));
  posix_spawn_file_actions_destroy(&actions);

  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "input", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 7, "made", O_WRONLY | O_CREAT, 0640);
  posix_spawn_file_actions_adddup2(&actions, 7, 8);
  posix_spawn_file_actions_addclose(&actions, 7);
  printf("%s\n", spawn(&actions, "open"));
  printf("made: %d\n", access("made", F_OK));
  posix_spawn_file_actions_destroy(&actions);

  // dup2 to itself clears close-on-exec.
  const int other = open("input", O_RDONLY | O_CLOEXEC);
  dup3(other, 7, O_CLOEXEC);
  dup3(other, 8, O_CLOEXEC);
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, 7, 7);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  printf("%s\n", spawn(&actions, "same"));
  close(7);
  close(8);

  mkdir("below", 0755);
  posix_spawn_file_actions_addchdir_np(&actions, "below");
  printf("%s\n", spawn(&actions, "chdir"));
  posix_spawn_file_actions_addopen(&actions, 9, "missing/file", O_RDONLY, 0);
  printf("%s\n", spawn(&actions, "never"));
  posix_spawn_file_actions_destroy(&actions);
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, 99, 0);
  printf("%s\n", spawn(&actions, "never"));
  return 0;
}
