// Bounds how fast a program calls, and how fast it moves bytes, by token buckets.
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <linden/grate.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "common/call_set.h"
#include "common/command_line.h"

static const char help[] =
    "usage: resource.grate BUCKET... [--] PROGRAM [ARGUMENTS...]\n"
    "Slows PROGRAM, with all that it starts, down. A BUCKET is\n"
    "  -c CALLS:RATE[:BURST]  so many of these calls a second\n"
    "  -b CALLS:RATE[:BURST]  so many bytes a second, by what these calls return\n"
    "CALLS is a system call, a list with commas or a class (%file, %desc, %process, %memory,\n"
    "%signal). RATE and BURST are numbers with K, M or G; BURST is what may pass at once after a\n"
    "pause: a second's worth if not given. Who is too fast waits.\n"
    "  resource.grate -b read,write:1M -c clone,fork,vfork:10:20 PROGRAM\n";

#define MAX_BUCKETS 32
#define SECOND 1000000000ll

// Tokens are counted by time: `full_at` is when the bucket will be full again, so a bucket that is
// not used needs no attention. One that holds BURST tokens fills in BURST / RATE seconds.
static struct bucket {
  struct call_set calls;
  bool of_bytes;
  int64_t rate, burst;
  int64_t full_at;  // nanoseconds of CLOCK_MONOTONIC
} buckets[MAX_BUCKETS];

static int bucket_count;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * SECOND + time.tv_nsec;
}

static int64_t time_of(const struct bucket* bucket, int64_t tokens) {
  return (int64_t)((__int128)tokens * SECOND / bucket->rate);
}

// Takes tokens, also such as are not there yet; when they will be.
static int64_t take(struct bucket* bucket, int64_t tokens) {
  const int64_t time = now();
  pthread_mutex_lock(&mutex);
  if (bucket->full_at < time) bucket->full_at = time;
  bucket->full_at += time_of(bucket, tokens);
  const int64_t due = bucket->full_at - time_of(bucket, bucket->burst);
  pthread_mutex_unlock(&mutex);
  return due;
}

// When the next token will be there. Of bytes it is known afterwards only how many there were: so a
// call waits until those of the calls before it are paid for.
static int64_t next_token(struct bucket* bucket) {
  if (!bucket->of_bytes) return take(bucket, 1);
  pthread_mutex_lock(&mutex);
  const int64_t due = bucket->full_at - time_of(bucket, bucket->burst);
  pthread_mutex_unlock(&mutex);
  return due;
}

// False if the caller is wanted elsewhere.
static bool wait_until(int64_t due) {
  const struct timespec time = {.tv_sec = due / SECOND, .tv_nsec = (long)(due % SECOND)};
  return due <= 0 || clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != EINTR;
}

static long long answer(struct grate_call* call) {
  int64_t due = 0;
  for (int i = 0; i < bucket_count; ++i) {
    if (!call_set_has(&buckets[i].calls, call->number)) continue;
    const int64_t next = next_token(&buckets[i]);
    if (next > due) due = next;
  }
  // What was taken stays taken: a call that is begun anew pays twice, so that signals buy nothing.
  if (!wait_until(due)) return -EINTR;
  const long long result = grate_forward(call);
  for (int i = 0; result > 0 && i < bucket_count; ++i) {
    if (!buckets[i].of_bytes || !call_set_has(&buckets[i].calls, call->number)) continue;
    take(&buckets[i], result);
  }
  return result;
}

static void parse_bucket(char* text, bool of_bytes) {
  if (bucket_count == MAX_BUCKETS) usage_error(help, "no more than %d buckets", MAX_BUCKETS);
  struct bucket* const bucket = &buckets[bucket_count++];
  char* rest;
  const char* const calls = strtok_r(text, ":", &rest);
  const char* const rate = strtok_r(NULL, ":", &rest);
  const char* const burst = strtok_r(NULL, ":", &rest);
  if (!calls || !rate || strtok_r(NULL, ":", &rest)) {
    usage_error(help, "a bucket is CALLS:RATE[:BURST]");
  }
  const char* const wrong = call_set_add(&bucket->calls, calls);
  if (wrong) usage_error(help, "no such system call or class: %s", wrong);
  bucket->of_bytes = of_bytes;
  bucket->rate = parse_number(help, "RATE", rate, 1, INT64_C(1) << 40);
  bucket->burst = burst ? parse_number(help, "BURST", burst, 1, INT64_C(1) << 40) : bucket->rate;
}

int main(int argc, char** argv) {
  static const struct option options[] = {
      {"calls", 1, 0, 'c'}, {"bytes", 1, 0, 'b'}, {"help", 0, 0, 'h'}, {0}};
  for (int option; (option = next_option(argc, argv, "+c:b:h", options, help)) != -1;) {
    switch (option) {
      case 'c':
        parse_bucket(optarg, false);
        break;
      case 'b':
        parse_bucket(optarg, true);
        break;
    }
  }
  if (bucket_count == 0) usage_error(help, "which BUCKET?");
  require_argument(argv, "PROGRAM", help);
  for (int i = 0; i < bucket_count; ++i) {
    for (int number = 0; number < CALL_NUMBERS; ++number) {
      if (find_call(number) && call_set_has(&buckets[i].calls, number)) {
        grate_handle_number(number, answer);
      }
    }
  }
  grate_fail_closed();
  return grate_run(argv + optind);
}
