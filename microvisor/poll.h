// Waiting for descriptors and time; what poll(2) and WASI's poll_oneoff have in common.
#pragma once

#include <poll.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "microvisor/syscalls.h"

namespace linden::microvisor {

// A set of open files to wait for. It holds references, so that descriptors which are closed
// meanwhile stay pollable. Not thread-safe; each wait builds its own.
class PollSet {
 public:
  // Adds a file; its index. A file that can't be polled (a directory opened with O_PATH, say) is
  // always ready, as regular files are.
  size_t add(std::shared_ptr<OpenFile> file, int16_t events);
  // Adds a placeholder that reports `events` at once.
  size_t add_ready(int16_t events);

  // Waits until a file is ready or the timeout (none: for ever) has passed. The number of ready
  // entries; EINTR if interrupted.
  Result<int> wait(Host& host, std::optional<timespec> timeout);

  int16_t events(size_t index) const { return entries_[index].revents; }

 private:
  std::vector<pollfd> entries_;
  std::vector<std::shared_ptr<OpenFile>> files_;
  std::vector<std::pair<size_t, int16_t>> ready_;
};

// A timeout of poll(2) or epoll_wait(2): none if negative.
std::optional<timespec> from_milliseconds(int milliseconds);
// A timeout in guest memory; none for a null pointer. EINVAL for a time that isn't one.
Result<std::optional<timespec>> read_timeout(Cage& cage, GuestPtr<GuestTimespec> from);
// The signal mask that a call is to wait with; none for a null pointer. EINVAL for another size
// than Linux's.
Result<std::optional<GuestSignalSet>> read_wait_mask(Cage& cage, GuestPtr<GuestSignalSet> from,
                                                     uint32_t size);

// Calls wait() with `mask` in force, if there is one, as ppoll(2) and its kin do. If a signal
// interrupts it, the thread gets its own mask back when the handler has run.
template <typename Wait>
SyscallResult wait_with_mask(Thread& thread, std::optional<GuestSignalSet> mask, Wait wait) {
  if (!mask) return wait();
  const SignalSet own = thread.restore_mask_after_handler(thread.signal_mask());
  thread.cage().signals().set_mask(thread, *mask);
  SyscallResult result = wait();
  if (result.code() == EINTR) return result;
  thread.forget_restored_mask();
  thread.cage().signals().set_mask(thread, own);
  return result;
}

// What is left of a timeout when a wait is over. ppoll, select and pselect6 tell the guest.
class RemainingTime {
 public:
  RemainingTime(Host& host, std::optional<timespec> timeout);
  // Precondition: there is a timeout.
  timespec left() const;

 private:
  Host& host_;
  std::optional<timespec> timeout_;
  timespec start_{};
};

}  // namespace linden::microvisor
