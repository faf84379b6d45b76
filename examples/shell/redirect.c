// Redirections. They are done in the shell itself, also for programs, which inherit what is open;
// afterwards they are undone. So there is one way of doing them for programs, builtins, functions
// and compound commands, and a program can be started by posix_spawn.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell.h"

struct saved_descriptor {
  struct saved_descriptor* next;
  int descriptor;
  int copy;  // -1 if it was closed
};

int move_out_of_the_way(int descriptor) {
  const int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 10);
  if (copy >= 0) close(descriptor);
  return copy;
}

// A descriptor from which the text can be read. What does not fit into a pipe at once is written by
// a child.
static int open_text(const char* text) {
  int ends[2];
  if (pipe(ends) < 0) return -1;
  const size_t size = strlen(text);
  if (size <= PIPE_BUF) {
    (void)!write(ends[1], text, size);
  } else {
    // A child of a child: nobody has to wait for it.
    const pid_t child = fork_subshell(true);
    if (child == 0) {
      if (fork() != 0) _exit(0);
      close(ends[0]);
      signal(SIGPIPE, SIG_DFL);
      for (size_t done = 0; done < size;) {
        const ssize_t wrote = write(ends[1], text + done, size - done);
        if (wrote < 0) _exit(1);
        done += (size_t)wrote;
      }
      _exit(0);
    }
    if (child > 0) wait_for_process(child);
  }
  close(ends[1]);
  return ends[0];
}

static int open_output(const char* path, enum redirection_kind kind) {
  struct stat status;
  // Under -C files are not overwritten; devices may be written to.
  if (kind == REDIRECT_OUTPUT && shell.options[OPTION_NOCLOBBER]) {
    if (stat(path, &status) == 0) {
      if (!S_ISREG(status.st_mode)) return open(path, O_WRONLY);
      errno = EEXIST;
      return -1;
    }
    return open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
  }
  return open(path, O_WRONLY | O_CREAT | (kind == REDIRECT_APPEND ? O_APPEND : O_TRUNC), 0666);
}

// The descriptor to be duplicated, -1 to close one, or -2 after having complained.
static int duplicated(const char* text) {
  long number;
  if (strcmp(text, "-") == 0) return -1;
  if (!parse_number(text, &number) || number < 0 || number > INT_MAX ||
      fcntl((int)number, F_GETFD) < 0) {
    complain("%s: Bad file descriptor", text);
    return -2;
  }
  return (int)number;
}

// A new descriptor for what is to be read or written; -2 after having complained.
static int open_target(const struct redirection* redirection) {
  const char* text = expand_to_text(redirection->target);
  int opened;
  switch (redirection->kind) {
    case REDIRECT_INPUT:
      opened = open(text, O_RDONLY);
      break;
    case REDIRECT_READ_WRITE:
      opened = open(text, O_RDWR | O_CREAT, 0666);
      break;
    case REDIRECT_TEXT:
      opened = open_text(text);
      break;
    default:
      opened = open_output(text, redirection->kind);
      break;
  }
  if (opened >= 0) return opened;
  complain(
      "cannot %s %s: %s", redirection->kind == REDIRECT_INPUT ? "open" : "create", text,
      errno == ENOENT && redirection->kind == REDIRECT_INPUT ? "No such file" : strerror(errno));
  return -2;
}

static void save(int descriptor, struct saved_descriptor** saved) {
  struct saved_descriptor* entry = allocate(sizeof *entry);
  entry->next = *saved;
  entry->descriptor = descriptor;
  entry->copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 10);
  *saved = entry;
}

bool redirect(const struct redirection* redirections, struct saved_descriptor** saved) {
  struct saved_descriptor* done = NULL;
  for (const struct redirection* r = redirections; r; r = r->next) {
    int source;
    if (r->kind == REDIRECT_DUPLICATE) {
      source = duplicated(expand_to_text(r->target));
    } else {
      source = open_target(r);
    }
    if (source == -2) {
      undo_redirections(done);
      return false;
    }
    const bool is_opened = r->kind != REDIRECT_DUPLICATE;
    if (is_opened && source == r->descriptor) {
      // It was closed, and open() took it.
      if (saved) {
        save(source, &done);
        close(done->copy);
        done->copy = -1;
      }
      continue;
    }
    if (saved) save(r->descriptor, &done);
    if (source < 0) {
      close(r->descriptor);
    } else if (source != r->descriptor) {
      dup2(source, r->descriptor);
      if (is_opened) close(source);
    }
  }
  if (saved) *saved = done;
  return true;
}

void undo_redirections(struct saved_descriptor* saved) {
  while (saved) {
    struct saved_descriptor* next = saved->next;
    if (saved->copy >= 0) {
      dup2(saved->copy, saved->descriptor);
      close(saved->copy);
    } else {
      close(saved->descriptor);
    }
    free(saved);
    saved = next;
  }
}
