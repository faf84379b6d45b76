// How the grates here talk to who starts them: by --help, and by errors that say what to do. A
// grate takes options up to the first argument that is none, or `--`; what follows is the program.
#ifndef GRATES_COMMAND_LINE_H
#define GRATES_COMMAND_LINE_H

#include <getopt.h>
#include <stddef.h>
#include <stdint.h>

// The next option as getopt_long gives it, or -1 behind the last; `letters` begins with +, and one
// of them is h. Of --help and of what is no option it doesn't return: it prints `help`, or the
// first line of it, which is the usage.
int next_option(int argc, char** argv, const char* letters, const struct option* options,
                const char* help);
// The argument behind the options: a usage_error if it is missing.
const char* require_argument(char** argv, const char* what, const char* help);
// An error in the arguments: what is wrong, the usage, exit code 2.
_Noreturn void usage_error(const char* help, const char* format, ...)
    __attribute__((format(printf, 2, 3)));
// Any other error before the program runs: exit code 125.
_Noreturn void fail(const char* format, ...) __attribute__((format(printf, 1, 2)));

// A number in [low, high] with a suffix K, M or G; else a usage_error that names `what`.
int64_t parse_number(const char* help, const char* what, const char* text, int64_t low,
                     int64_t high);
// The errno called `name`, such as EPERM; 0 if there is none.
int parse_errno(const char* name);

// A copy of a grate's standard error. Closed by exec.
int message_fd(void);
// Writes all of it, if it can be written. For handlers: what is wanted of the caller ends their
// waits with EINTR, but does not concern what they have to write.
void write_all(int descriptor, const char* data, size_t size);

#endif
