// Shows the system calls of a program and of all that it starts, as they end.
//
// What an argument is, the table of system calls says (linden/syscalls.h), so every call there is
// can be shown. Arguments that a call fills in are read when it has ended, all others before: by
// then the caller's other threads, or an exec, may have changed what they pointed to.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linden/grate.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/call_set.h"
#include "common/command_line.h"

static const char help[] =
    "usage: strace.grate [OPTIONS] PROGRAM [ARGUMENTS...]\n"
    "Shows the system calls of PROGRAM, and of all processes and threads that it starts.\n"
    "  -e trace=LIST  only these: names with commas, %file, %desc, %process, %memory, %signal;\n"
    "                 with a ! before the list, all others. `-e LIST` is the same\n"
    "  -o FILE        to FILE and not to standard error\n"
    "  -c             only a table of how often each was called, and of the time that it took\n"
    "  -s SIZE        show so many bytes of strings (32)\n"
    "  -f             allowed: processes are always followed\n";

static struct call_set shown;
static bool counting;
static size_t string_size = 32;
static int output;
static bool to_file;

// ---- lines

// Text that grows up to what one line may have.
struct line {
  char text[8192];
  size_t length;
};

static void add(struct line* line, const char* format, ...) {
  const size_t room = sizeof line->text - 1 - line->length;  // for the newline
  va_list arguments;
  va_start(arguments, format);
  const int wanted = vsnprintf(line->text + line->length, room, format, arguments);
  va_end(arguments);
  line->length += wanted < 0 ? 0 : (size_t)wanted < room ? (size_t)wanted : room - 1;
}

// By one write, so that lines of threads stay whole.
static void put_line(struct line* line) {
  line->text[line->length++] = '\n';
  write_all(output, line->text, line->length);
}

// strace names the process once there are several.
static void begin_line(struct line* line, int cage) {
  static atomic_int first_cage;
  static atomic_bool several;
  line->length = 0;
  int none = 0;
  if (!atomic_compare_exchange_strong(&first_cage, &none, cage) && none != cage) several = true;
  if (to_file) {
    add(line, "%d ", cage);
  } else if (several) {
    add(line, "[pid %d] ", cage);
  }
}

// ---- arguments

static void add_quoted(struct line* line, const char* bytes, size_t size, bool cut) {
  static const char escaped[] = "\n\t\r\"\\", escapes[] = "ntr\"\\";
  add(line, "\"");
  for (size_t i = 0; i < size; ++i) {
    const unsigned char c = (unsigned char)bytes[i];
    const char* const special = c ? strchr(escaped, c) : NULL;
    if (special) {
      add(line, "\\%c", escapes[special - escaped]);
    } else if (c >= 0x20 && c < 0x7f) {
      add(line, "%c", c);
    } else {
      // In full where a digit follows.
      const bool digit = i + 1 < size && bytes[i + 1] >= '0' && bytes[i + 1] <= '7';
      add(line, digit ? "\\%03o" : "\\%o", c);
    }
  }
  add(line, cut ? "\"..." : "\"");
}

static void add_address(struct line* line, uint32_t address) {
  if (address == 0) {
    add(line, "NULL");
  } else {
    add(line, "%#x", address);
  }
}

// `size` bytes of the memory that an argument points into.
static void add_bytes(struct line* line, const struct grate_call* call, int argument,
                      uint32_t address, size_t size) {
  char bytes[1024];
  const size_t known = size < string_size ? size : string_size;
  struct grate_call at = *call;
  at.args[argument] = address;
  if (grate_get(&at, argument, bytes, known) != 0) {
    add_address(line, address);
  } else {
    add_quoted(line, bytes, known, known < size);
  }
}

static void add_path(struct line* line, const struct grate_call* call, int argument) {
  char path[4096];
  const int length = grate_get_string(call, argument, path, sizeof path);
  if (length >= 0) {
    add_quoted(line, path, (size_t)length, false);
  } else {
    add_address(line, (uint32_t)call->args[argument]);
  }
}

// At most so many bytes of the buffers that an argument and the next one describe.
static void add_vectors(struct line* line, const struct grate_call* call, int argument,
                        uint64_t size) {
  const uint32_t count = (uint32_t)call->args[argument + 1];
  add(line, "[");
  for (uint32_t i = 0; i < count && i < 16; ++i) {
    struct iovec vector;
    if (grate_get_at(call, argument, i * sizeof vector, &vector, sizeof vector) != 0) break;
    const uint64_t length = vector.iov_len < size ? vector.iov_len : size;
    size -= length;
    add(line, "%s{iov_base=", i ? ", " : "");
    add_bytes(line, call, argument, (uint32_t)(uintptr_t)vector.iov_base, length);
    add(line, ", iov_len=%zu}", vector.iov_len);
  }
  add(line, count > 16 ? ", ...]" : "]");
}

static void add_strings(struct line* line, const struct grate_call* call, int argument) {
  add(line, "[");
  for (uint32_t i = 0;; ++i) {
    uint32_t address;
    char text[256];
    if (grate_get_at(call, argument, i * sizeof address, &address, sizeof address) != 0) break;
    if (address == 0) break;
    const int length = grate_get_string_from(call, argument, address, text, sizeof text);
    add(line, i ? ", " : "");
    if (i == 16 || (length < 0 && length != -ENAMETOOLONG)) {
      add(line, "...");
      break;
    }
    if (length < 0) {
      add_bytes(line, call, argument, address, sizeof text);
    } else {
      add_quoted(line, text, (size_t)length, false);
    }
  }
  add(line, "]");
}

static void add_open_flags(struct line* line, unsigned flags) {
  static const struct {
    unsigned flag;
    const char* name;
  } names[] = {
      {O_CREAT, "O_CREAT"},         {O_EXCL, "O_EXCL"},         {O_TRUNC, "O_TRUNC"},
      {O_APPEND, "O_APPEND"},       {O_NONBLOCK, "O_NONBLOCK"}, {O_TMPFILE, "O_TMPFILE"},
      {O_DIRECTORY, "O_DIRECTORY"}, {O_NOFOLLOW, "O_NOFOLLOW"}, {O_CLOEXEC, "O_CLOEXEC"},
      {O_PATH, "O_PATH"},           {O_SYNC, "O_SYNC"},         {O_NOCTTY, "O_NOCTTY"},
      {O_NOATIME, "O_NOATIME"},
  };
  static const char* const modes[] = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"};
  add(line, "%s", modes[flags & O_ACCMODE]);
  flags &= ~(unsigned)(O_ACCMODE | O_LARGEFILE);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) {
    if ((flags & names[i].flag) != names[i].flag) continue;
    add(line, "|%s", names[i].name);
    flags &= ~names[i].flag;
  }
  if (flags) add(line, "|%#x", flags);
}

static void add_flags(struct line* line, const struct grate_call* call, int argument) {
  const unsigned flags = (unsigned)call->args[argument];
  const bool opens =
      (call->number == SYS_open && argument == 1) || (call->number == SYS_openat && argument == 2);
  if (opens) {
    add_open_flags(line, flags);
  } else {
    add(line, flags ? "%#x" : "%u", flags);
  }
}

static bool is_filled_in(int kind) { return kind == LINDEN_OUT_BUFFER || kind == LINDEN_OUT_IOVEC; }

// An argument before the call, or after it with its result.
static void add_argument(struct line* line, const struct grate_call* call, int argument, int kind,
                         long long result) {
  const uint64_t value = call->args[argument];
  switch (kind) {
    case LINDEN_DIR_FD:
      if ((int)value == AT_FDCWD) {
        add(line, "AT_FDCWD");
        return;
      }
      // fall through
    case LINDEN_FD:
    case LINDEN_INT:
      add(line, "%d", (int)value);
      return;
    case LINDEN_CLOCK:
      add(line, "%d", (int)value);
      return;
    case LINDEN_FLAGS:
      add_flags(line, call, argument);
      return;
    case LINDEN_MODE:
      add(line, "%#o", (unsigned)value);
      return;
    case LINDEN_SIZE:
      add(line, "%u", (unsigned)value);
      return;
    case LINDEN_OFFSET:
      add(line, "%lld", (long long)value);
      return;
    case LINDEN_PATH:
      add_path(line, call, argument);
      return;
    case LINDEN_IN_BUFFER:
      add_bytes(line, call, argument, (uint32_t)value, (uint32_t)call->args[argument + 1]);
      return;
    case LINDEN_IN_IOVEC:
      add_vectors(line, call, argument, UINT64_MAX);
      return;
    case LINDEN_OUT_BUFFER:
      // Who returns how much was read there; getdents' records are no text.
      if (result > 0 && call->number != SYS_getdents64 && call->number != SYS_getdents &&
          (uint64_t)result <= (uint32_t)call->args[argument + 1]) {
        add_bytes(line, call, argument, (uint32_t)value, (size_t)result);
      } else {
        add_address(line, (uint32_t)value);
      }
      return;
    case LINDEN_OUT_IOVEC:
      if (result > 0) {
        add_vectors(line, call, argument, (uint64_t)result);
      } else {
        add_address(line, (uint32_t)value);
      }
      return;
  }
  const bool strings = argument == 1 && call->number == SYS_execve && value != 0;
  if (strings) {
    add_strings(line, call, argument);
  } else {
    add_address(line, (uint32_t)value);
  }
}

// How many arguments there are to show: the mode of open only if it is looked at.
static int argument_count(const struct linden_syscall* info, const struct grate_call* call) {
  const int flags = info->number == SYS_open ? 1 : info->number == SYS_openat ? 2 : -1;
  if (flags < 0 || (call->args[flags] & O_CREAT) != 0) return info->argument_count;
  return flags + 1;
}

// ---- counts

static struct {
  atomic_ullong calls, errors, nanoseconds;
} counts[CALL_NUMBERS];

static unsigned long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (unsigned long long)time.tv_sec * 1000000000 + (unsigned long long)time.tv_nsec;
}

static long long count(const struct grate_call* call) {
  // Of a call that doesn't return, too.
  counts[call->number].calls++;
  const unsigned long long begin = now();
  const long long result = grate_forward(call);
  counts[call->number].nanoseconds += now() - begin;
  if (result < 0) counts[call->number].errors++;
  return result;
}

static int compare_times(const void* left, const void* right) {
  const unsigned long long a = counts[*(const int*)left].nanoseconds;
  const unsigned long long b = counts[*(const int*)right].nanoseconds;
  return a < b ? 1 : a > b ? -1 : *(const int*)left - *(const int*)right;
}

static void put_counts(void) {
  int called[CALL_NUMBERS], kinds = 0;
  unsigned long long calls = 0, errors = 0, nanoseconds = 0;
  for (int i = 0; i < CALL_NUMBERS; ++i) {
    if (counts[i].calls == 0) continue;
    called[kinds++] = i;
    calls += counts[i].calls;
    errors += counts[i].errors;
    nanoseconds += counts[i].nanoseconds;
  }
  qsort(called, (size_t)kinds, sizeof called[0], compare_times);
  dprintf(output, "%% time     seconds  usecs/call     calls    errors syscall\n");
  const char* const rule = "------ ----------- ----------- --------- --------- ----------------\n";
  dprintf(output, "%s", rule);
  for (int i = 0; i <= kinds; ++i) {
    const bool total = i == kinds;
    const unsigned long long n = total ? calls : counts[called[i]].calls;
    const unsigned long long e = total ? errors : counts[called[i]].errors;
    const unsigned long long t = total ? nanoseconds : counts[called[i]].nanoseconds;
    char failed[24] = "";
    if (e) snprintf(failed, sizeof failed, "%llu", e);
    if (total) dprintf(output, "%s", rule);
    dprintf(output, "%6.2f %11.6f %11llu %9llu %9s %s\n",
            nanoseconds ? 100.0 * (double)t / (double)nanoseconds : 0.0, (double)t / 1e9,
            n ? t / n / 1000 : 0, n, failed, total ? "total" : grate_name(called[i]));
  }
}

// ---- calls

static void add_result(struct line* line, const struct grate_call* call, long long result) {
  if (result < 0 && result >= -4095) {
    const char* const name = strerrorname_np((int)-result);
    add(line, " = -1 %s (%s)", name ? name : "?", strerror((int)-result));
  } else if (call->number == SYS_mmap || call->number == SYS_brk || call->number == SYS_mremap) {
    add(line, " = %#llx", result);
  } else {
    add(line, " = %lld", result);
  }
}

static bool never_returns(int number) { return number == SYS_exit || number == SYS_exit_group; }

static long long trace(struct grate_call* call) {
  if (!call_set_has(&shown, call->number)) return grate_forward(call);
  const struct linden_syscall* const info = find_call(call->number);
  if (counting && info) return count(call);
  struct line line;
  begin_line(&line, call->cage);
  if (!info) {
    add(&line, "syscall_%d(...)", call->number);
  } else {
    add(&line, "%s(", info->name);
  }
  const int arguments = info ? argument_count(info, call) : 0;
  int next = 0;
  while (next < arguments && !is_filled_in(info->kinds[next])) {
    add(&line, next ? ", " : "");
    add_argument(&line, call, next, info->kinds[next], 0);
    ++next;
  }
  if (never_returns(call->number)) {
    add(&line, ") = ?");
    put_line(&line);
    if (call->number == SYS_exit_group) {
      begin_line(&line, call->cage);
      add(&line, "+++ exited with %d +++", (int)call->args[0] & 0xff);
      put_line(&line);
    }
    return grate_forward(call);
  }
  const long long result = grate_forward(call);
  for (; next < arguments; ++next) {
    add(&line, next ? ", " : "");
    add_argument(&line, call, next, info->kinds[next], result);
  }
  if (info) add(&line, ")");
  add_result(&line, call, result);
  put_line(&line);
  return result;
}

static void show_death(int cage, int status) {
  struct line line;
  begin_line(&line, cage);
  if (WIFSIGNALED(status)) {
    const char* const name = sigabbrev_np(WTERMSIG(status));
    add(&line, "+++ killed by SIG%s +++", name ? name : "?");
  } else {
    add(&line, "+++ exited with %d +++", WEXITSTATUS(status));
  }
  put_line(&line);
}

static void choose_calls(const char* list) {
  if (strncmp(list, "trace=", 6) == 0) list += 6;
  const bool others = *list == '!';
  struct call_set chosen = {0};
  const char* const wrong = call_set_add(&chosen, list + others);
  if (wrong) usage_error(help, "no such system call or class: %s", wrong);
  if (others) call_set_invert(&chosen);
  shown = chosen;
}

int main(int argc, char** argv) {
  static const struct option options[] = {{"help", 0, 0, 'h'}, {0}};
  const char* file = NULL;
  call_set_add(&shown, "all");
  for (int option; (option = next_option(argc, argv, "+e:o:cs:fh", options, help)) != -1;) {
    switch (option) {
      case 'e':
        choose_calls(optarg);
        break;
      case 'o':
        file = optarg;
        break;
      case 'c':
        counting = true;
        break;
      case 's':
        string_size = (size_t)parse_number(help, "-s", optarg, 0, 1024);
        break;
      case 'f':
        break;
    }
  }
  require_argument(argv, "PROGRAM", help);
  to_file = file != NULL;
  output =
      file ? open(file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666) : message_fd();
  if (output < 0) fail("cannot write to %s: %s", file, strerror(errno));

  grate_handle_all(trace);
  if (!counting) grate_on_harsh_exit(show_death);
  const int code = grate_run(argv + optind);
  if (counting) put_counts();
  return code;
}
