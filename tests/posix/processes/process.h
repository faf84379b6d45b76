// What programs here share: how processes end, as text.
#pragma once

#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

// "exit 3" or "signal 15".
static inline const char* describe_status(int status) {
  static char text[4][32];
  static unsigned next;
  char* to = text[next++ % 4];
  if (WIFEXITED(status)) {
    snprintf(to, sizeof *text, "exit %d", WEXITSTATUS(status));
  } else if (WIFSIGNALED(status)) {
    snprintf(to, sizeof *text, "signal %d", WTERMSIG(status));
  } else {
    snprintf(to, sizeof *text, "status %x", (unsigned)status);
  }
  return to;
}

// Waits for this child; how it ended.
static inline const char* end_of(pid_t child) {
  int status = 0;
  if (child < 0) return "no child";
  if (waitpid(child, &status, 0) != child) return "not waited for";
  return describe_status(status);
}

// The path of the running program.
static inline const char* own_path(void) {
  static char path[4096];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  path[length > 0 ? length : 0] = '\0';
  return path;
}

// Reads until the end or `size` bytes; how many.
static inline size_t read_fully(int fd, void* to, size_t size) {
  size_t done = 0;
  while (done < size) {
    const ssize_t got = read(fd, (char*)to + done, size - done);
    if (got <= 0) break;
    done += (size_t)got;
  }
  return done;
}
