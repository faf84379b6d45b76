// poll and select where descriptors of ours are among others: ours are always ready, so nothing is
// waited for, and the system is asked about the others alone.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "../common/cages.h"
#include "imfs.h"

static const int64_t no_time[2];

static bool is_ours(const struct grate_call* call, int descriptor) {
  cages_lock();
  const struct open_file* const file = find_file(cage_state(call), (uint64_t)descriptor);
  // An end of a FIFO is one of the system's.
  const bool is = file && (!file->node->fifo || file->flags & O_PATH);
  cages_unlock();
  return is;
}

static bool is_path(const struct grate_call* call, int descriptor) {
  cages_lock();
  const struct open_file* const file = find_file(cage_state(call), (uint64_t)descriptor);
  const bool is = file && file->flags & O_PATH;
  cages_unlock();
  return is;
}

// A call that does not wait: poll's time is a number, all others' an address.
static void set_no_time(struct grate_call* call, int argument) {
  if (call->number == SYS_poll) {
    call->args[argument] = 0;
  } else {
    grate_set_pointer(call, argument, no_time);
  }
}

long long call_poll(struct grate_call* call) {
  const uint64_t count = (uint32_t)call->args[1];
  if (count == 0 || count > 65536) return grate_forward(call);
  struct pollfd* const all = malloc((size_t)count * 2 * sizeof *all);
  if (!all) return -ENOMEM;
  struct pollfd* const others = all + count;
  long long result = grate_get(call, 0, all, (size_t)count * sizeof *all);
  if (result != 0) {
    free(all);
    return result;
  }
  memcpy(others, all, (size_t)count * sizeof *all);
  int ready = 0;
  bool any = false;
  for (uint64_t i = 0; i < count; ++i) {
    all[i].revents = 0;
    if (!is_ours(call, all[i].fd)) continue;
    any = true;
    others[i].fd = -1;
    all[i].revents = is_path(call, all[i].fd)
                         ? POLLNVAL
                         : all[i].events & (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM);
    ready += all[i].revents != 0;
  }
  if (!any) {
    free(all);
    return grate_forward(call);
  }
  struct grate_call asked = *call;
  grate_set_pointer(&asked, 0, others);
  if (ready) set_no_time(&asked, 2);
  result = grate_forward(&asked);
  if (result >= 0) {
    for (uint64_t i = 0; i < count; ++i) {
      if (others[i].fd >= 0) all[i].revents = others[i].revents;
    }
    const int error = grate_put(call, 0, all, (size_t)count * sizeof *all);
    result = error ? error : result + ready;
  }
  free(all);
  return result;
}

#define SELECTABLE 1024
#define WORD 32

static bool has_bit(const uint32_t* set, int bit) { return set[bit / WORD] >> (bit % WORD) & 1; }

long long call_select(struct grate_call* call) {
  const int count = (int)call->args[0];
  if (count <= 0 || count > SELECTABLE) return grate_forward(call);
  const size_t size = (size_t)(count + WORD - 1) / WORD * sizeof(uint32_t);
  uint32_t sets[3][SELECTABLE / WORD] = {{0}}, ours[SELECTABLE / WORD] = {0};
  for (int i = 0; i < 3; ++i) {
    const int error = call->args[i + 1] ? grate_get(call, i + 1, sets[i], size) : 0;
    if (error) return error;
  }
  bool any = false;
  for (int bit = 0; bit < count; ++bit) {
    const bool wanted = has_bit(sets[0], bit) || has_bit(sets[1], bit) || has_bit(sets[2], bit);
    if (!wanted || !is_ours(call, bit)) continue;
    ours[bit / WORD] |= UINT32_C(1) << (bit % WORD);
    any = true;
  }
  if (!any) return grate_forward(call);
  struct grate_call asked = *call;
  int ready = 0;
  uint32_t answers[3][SELECTABLE / WORD] = {{0}};
  for (int i = 0; i < 3; ++i) {
    for (size_t word = 0; word < SELECTABLE / WORD; ++word) {
      // Ours can be read and written; nothing exceptional happens to them.
      answers[i][word] = i < 2 ? sets[i][word] & ours[word] : 0;
      ready += __builtin_popcount(answers[i][word]);
      sets[i][word] &= ~ours[word];
    }
    if (call->args[i + 1]) grate_set_pointer(&asked, i + 1, sets[i]);
  }
  if (ready) set_no_time(&asked, 4);
  const long long result = grate_forward(&asked);
  if (result < 0) return result;
  for (int i = 0; i < 3; ++i) {
    for (size_t word = 0; word < SELECTABLE / WORD; ++word) answers[i][word] |= sets[i][word];
    const int error = call->args[i + 1] ? grate_put(call, i + 1, answers[i], size) : 0;
    if (error) return error;
  }
  return result + ready;
}
