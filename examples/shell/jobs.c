// Children: waiting for the one in the foreground, and the list of those in the background.
//
// There are no process groups and no stopping: a background job is a child that the shell does not
// wait for at once. Its status is kept until someone asked for it.
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shell.h"

struct job {
  struct job* next;
  int number;
  pid_t process;
  char* text;
  bool has_ended;
  int word;  // as of wait()
};

static struct job* jobs;  // by number

int status_of_wait(int word) { return WIFEXITED(word) ? WEXITSTATUS(word) : 128 + WTERMSIG(word); }

static struct job* find_process(pid_t process) {
  struct job* job = jobs;
  while (job && job->process != process) job = job->next;
  return job;
}

int wait_for_process(pid_t process) {
  int word = 0;
  while (waitpid(process, &word, 0) < 0) {
    if (errno != EINTR) return 127;
  }
  return status_of_wait(word);
}

static void update_jobs(void) {
  for (struct job* job = jobs; job; job = job->next) {
    if (!job->has_ended && waitpid(job->process, &job->word, WNOHANG) > 0) job->has_ended = true;
  }
}

void job_started(pid_t process, const char* text) {
  update_jobs();  // so that there are no zombies but the latest
  struct job** end = &jobs;
  int number = 1;
  for (; *end; end = &(*end)->next) number = (*end)->number + 1;
  struct job* job = allocate(sizeof *job);
  *job = (struct job){.number = number, .process = process, .text = copy_string(text)};
  *end = job;
}

static void forget(struct job* job) {
  struct job** link = &jobs;
  while (*link != job) link = &(*link)->next;
  *link = job->next;
  free(job->text);
  free(job);
}

void jobs_forget(void) {
  while (jobs) forget(jobs);
}

static void print_job(const struct job* job) {
  int status;
  const struct job* last = job;
  while (last->next) last = last->next;
  const char mark = job == last ? '+' : job->next == last ? '-' : ' ';
  printf("[%d] %c ", job->number, mark);
  if (!job->has_ended) {
    printf("%-27s", "Running");
  } else if (WIFSIGNALED(job->word)) {
    printf("%-27s", strsignal(WTERMSIG(job->word)));
  } else if ((status = WEXITSTATUS(job->word)) != 0) {
    printf("Done(%d)%-*s", status, 20, "");
  } else {
    printf("%-27s", "Done");
  }
  printf("%s\n", job->text);
}

// "%1", "%%", "%+", "%-" or "%text".
static struct job* find_job(const char* name) {
  if (name[0] != '%') {
    long process;
    return parse_number(name, &process) ? find_process((pid_t)process) : NULL;
  }
  ++name;
  struct job* found = NULL;
  struct job* before = NULL;
  for (struct job* job = jobs; job; job = job->next) {
    before = found;
    found = job;
    if (isdigit((unsigned char)*name) && atoi(name) == job->number) return job;
    if (isalpha((unsigned char)*name) && strncmp(job->text, name, strlen(name)) == 0) return job;
  }
  if (*name == '-') return before;
  return *name == '+' || *name == '%' || *name == '\0' ? found : NULL;
}

int builtin_jobs(int count, char** values) {
  const bool only_process = count > 1 && strcmp(values[1], "-p") == 0;
  update_jobs();
  for (struct job *job = jobs, *next; job; job = next) {
    next = job->next;
    if (only_process) {
      printf("%d\n", (int)job->process);
    } else {
      print_job(job);
    }
  }
  for (struct job *job = jobs, *next; job; job = next) {
    next = job->next;
    if (job->has_ended) forget(job);
  }
  return 0;
}

// The job's status, which is forgotten; 128 + the signal if a trapped one came first.
static int wait_for_job(struct job* job) {
  int signal;
  while (!job->has_ended) {
    if (signal_was_trapped(&signal)) return 128 + signal;
    if (waitpid(job->process, &job->word, 0) > 0) {
      job->has_ended = true;
    } else if (errno != EINTR) {
      forget(job);
      return 127;
    }
  }
  const int status = status_of_wait(job->word);
  forget(job);
  return status;
}

int builtin_wait(int count, char** values) {
  int signal;
  if (count == 1) {
    while (jobs) {
      const int status = wait_for_job(jobs);
      if (signal_was_trapped(&signal)) return status;
    }
    return 0;
  }
  int status = 0;
  for (int i = 1; i < count; ++i) {
    struct job* job = find_job(values[i]);
    status = job ? wait_for_job(job) : 127;
  }
  return status;
}

int builtin_kill(int count, char** values) {
  int number = SIGTERM, i = 1;
  if (i < count && strcmp(values[i], "-l") == 0) {
    if (i + 1 < count) {
      const int status = atoi(values[i + 1]);
      const char* name = signal_name(status > 128 ? status - 128 : status);
      if (name) puts(name);
      return name ? 0 : 1;
    }
    for (number = 1; number < 32; ++number) {
      if (signal_name(number)) puts(signal_name(number));
    }
    return 0;
  }
  if (i < count && values[i][0] == '-' && strcmp(values[i], "--") != 0) {
    const char* name = values[i] + 1;
    if (strcmp(name, "s") == 0 && i + 1 < count) name = values[++i];
    number = signal_number(name);
    if (number < 0) {
      complain("kill: invalid signal: %s", name);
      return 2;
    }
    ++i;
  }
  if (i < count && strcmp(values[i], "--") == 0) ++i;
  int status = i < count ? 0 : 2;
  for (; i < count; ++i) {
    long process;
    const struct job* job = values[i][0] == '%' ? find_job(values[i]) : NULL;
    if (job) {
      process = job->process;
    } else if (!parse_number(values[i], &process)) {
      complain("kill: Illegal number: %s", values[i]);
      status = 2;
      continue;
    }
    if (kill((pid_t)process, number) < 0) {
      complain("kill: %s", strerror(errno));
      status = 1;
    }
  }
  return status;
}

int builtin_fg(int count, char** values) {
  struct job* job = find_job(count > 1 ? values[1] : "%%");
  if (!job) {
    complain("fg: No current job");
    return 2;
  }
  puts(job->text);
  fflush(stdout);
  return wait_for_job(job);
}

int builtin_bg(int count, char** values) {
  const struct job* job = find_job(count > 1 ? values[1] : "%%");
  if (!job) {
    complain("bg: No current job");
    return 2;
  }
  printf("[%d] %s\n", job->number, job->text);  // it runs already: nothing ever stops
  return 0;
}
