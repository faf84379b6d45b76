#include "microvisor/poll.h"

#include <sys/select.h>

#include <algorithm>
#include <array>

#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

size_t PollSet::add(std::shared_ptr<OpenFile> file, int16_t events) {
  Result<int> fd = file->pollable();
  if (!fd.ok()) return add_ready(events & (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM));
  entries_.push_back({.fd = fd.value(), .events = events, .revents = 0});
  files_.push_back(std::move(file));
  return entries_.size() - 1;
}

size_t PollSet::add_ready(int16_t events) {
  entries_.push_back({.fd = -1, .events = 0, .revents = 0});
  if (events != 0) ready_.emplace_back(entries_.size() - 1, events);
  return entries_.size() - 1;
}

Result<int> PollSet::wait(Host& host, std::optional<timespec> timeout) {
  if (!ready_.empty()) timeout = timespec{0, 0};
  int count = TRY(host.poll(entries_, timeout ? &*timeout : nullptr));
  for (auto [index, events] : ready_) entries_[index].revents = events;
  return count + static_cast<int>(ready_.size());
}

std::optional<timespec> from_milliseconds(int milliseconds) {
  if (milliseconds < 0) return std::nullopt;
  return timespec{milliseconds / 1000, milliseconds % 1000 * 1000000L};
}

Result<std::optional<timespec>> read_timeout(Cage& cage, GuestPtr<GuestTimespec> from) {
  if (from.is_null()) return std::optional<timespec>();
  timespec time = to_host(TRY(cage.memory().read(from)));
  if (time.tv_sec < 0 || time.tv_nsec < 0 || time.tv_nsec >= 1000000000) return Error{EINVAL};
  return std::optional(time);
}

Result<std::optional<GuestSignalSet>> read_wait_mask(Cage& cage, GuestPtr<GuestSignalSet> from,
                                                     uint32_t size) {
  if (from.is_null()) return std::optional<GuestSignalSet>();
  if (size != sizeof(GuestSignalSet)) return Error{EINVAL};
  return std::optional(TRY(cage.memory().read(from)));
}

RemainingTime::RemainingTime(Host& host, std::optional<timespec> timeout)
    : host_(host), timeout_(timeout) {
  if (!timeout) return;
  Result<timespec> now = host.clock_gettime(CLOCK_MONOTONIC);
  if (now.ok()) start_ = now.value();
}

timespec RemainingTime::left() const {
  Result<timespec> now = host_.clock_gettime(CLOCK_MONOTONIC);
  if (!now.ok()) return *timeout_;
  // In 128 bits: a timeout may have any number of seconds.
  constexpr __int128 kSecond = 1000000000;
  auto total = [](const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; };
  __int128 left = std::max<__int128>(0, total(*timeout_) + total(start_) - total(now.value()));
  return {static_cast<time_t>(left / kSecond), static_cast<long>(left % kSecond)};
}

namespace {

SyscallResult poll_files(Cage& cage, GuestPtr<GuestPollfd> fds, uint32_t count,
                         std::optional<timespec> timeout) {
  if (count > static_cast<uint32_t>(cage.fds().limit())) return Error{EINVAL};
  std::vector<GuestPollfd> guest(count);
  TRY(cage.memory().copy_in(std::span(guest), fds));

  PollSet set;
  for (const GuestPollfd& entry : guest) {
    auto file = usable_file(cage, entry.fd);
    if (file.ok()) {
      set.add(file.take(), entry.events);
    } else {
      // Negative descriptors are ignored, closed ones reported.
      set.add_ready(entry.fd < 0 ? 0 : POLLNVAL);
    }
  }
  int ready = TRY(set.wait(cage.host(), timeout));

  for (uint32_t i = 0; i < count; ++i) guest[i].revents = set.events(i);
  TRY(cage.memory().copy_out(fds, std::span<const GuestPollfd>(guest)));
  return ready;
}

constexpr int16_t kReadable = POLLIN | POLLRDNORM | POLLRDBAND | POLLHUP | POLLERR;
constexpr int16_t kWritable = POLLOUT | POLLWRNORM | POLLWRBAND | POLLERR;
constexpr int16_t kExceptional = POLLPRI;

// One of select's three sets of descriptors. Bits beyond `count` are neither read nor written, up
// to the 64 that the last word has.
class DescriptorSet {
 public:
  static Result<DescriptorSet> read(Cage& cage, GuestPtr<uint64_t> from, uint32_t count) {
    DescriptorSet set;
    set.where_ = from;
    if (from.is_null()) return set;
    set.wanted_.resize((count + 63) / 64);
    TRY(cage.memory().copy_in(std::span(set.wanted_), from));
    set.ready_.resize(set.wanted_.size());
    return set;
  }
  Result<void> write(Cage& cage) const {
    if (where_.is_null()) return {};
    return cage.memory().copy_out(where_, std::span<const uint64_t>(ready_));
  }
  bool has(int fd) const { return !where_.is_null() && (wanted_[fd / 64] >> (fd % 64) & 1) != 0; }
  void mark(int fd) { ready_[fd / 64] |= uint64_t{1} << (fd % 64); }

 private:
  GuestPtr<uint64_t> where_;
  std::vector<uint64_t> wanted_;
  std::vector<uint64_t> ready_;
};

SyscallResult select_files(Cage& cage, int count, GuestPtr<uint64_t> read, GuestPtr<uint64_t> write,
                           GuestPtr<uint64_t> except, std::optional<timespec> timeout) {
  if (count < 0) return Error{EINVAL};
  // As Linux, which looks no further than its table of descriptors goes.
  count = std::min(count, cage.fds().limit());
  struct Class {
    DescriptorSet set;
    int16_t wait;
    int16_t ready;
  };
  std::array<Class, 3> classes = {
      Class{TRY(DescriptorSet::read(cage, read, count)), POLLIN | POLLRDNORM, kReadable},
      Class{TRY(DescriptorSet::read(cage, write, count)), POLLOUT | POLLWRNORM, kWritable},
      Class{TRY(DescriptorSet::read(cage, except, count)), POLLPRI, kExceptional}};
  PollSet polled;
  std::vector<int> fds;
  for (int fd = 0; fd < count; ++fd) {
    int16_t events = 0;
    for (const Class& one : classes) events |= one.set.has(fd) ? one.wait : 0;
    if (events == 0) continue;
    polled.add(TRY(usable_file(cage, fd)), events);
    fds.push_back(fd);
  }
  TRY(polled.wait(cage.host(), timeout));

  int ready = 0;
  for (size_t i = 0; i < fds.size(); ++i) {
    for (Class& one : classes) {
      if (!one.set.has(fds[i]) || !(polled.events(i) & one.ready)) continue;
      one.set.mark(fds[i]);
      ++ready;
    }
  }
  for (const Class& one : classes) TRY(one.set.write(cage));
  return ready;
}

}  // namespace

SyscallResult sys_poll(Cage& cage, GuestPtr<GuestPollfd> fds, uint32_t count, int timeout_ms) {
  return poll_files(cage, fds, count, from_milliseconds(timeout_ms));
}

// What is left of the timeout is told even if the wait was interrupted; that it can't be told is no
// error.

SyscallResult sys_ppoll(Thread& thread, GuestPtr<GuestPollfd> fds, uint32_t count,
                        GuestPtr<GuestTimespec> timeout, GuestPtr<GuestSignalSet> mask,
                        uint32_t mask_size) {
  Cage& cage = thread.cage();
  std::optional<timespec> wanted = TRY(read_timeout(cage, timeout));
  auto wait_mask = TRY(read_wait_mask(cage, mask, mask_size));
  RemainingTime remaining(cage.host(), wanted);
  SyscallResult ready =
      wait_with_mask(thread, wait_mask, [&] { return poll_files(cage, fds, count, wanted); });
  if (wanted) (void)cage.memory().write(timeout, to_guest(remaining.left()));
  return ready;
}

SyscallResult sys_select(Cage& cage, int count, GuestPtr<uint64_t> read, GuestPtr<uint64_t> write,
                         GuestPtr<uint64_t> except, GuestPtr<GuestTimeval> timeout) {
  std::optional<timespec> wanted;
  if (!timeout.is_null()) {
    GuestTimeval time = TRY(cage.memory().read(timeout));
    // More than a second of microseconds is carried over, as in Linux.
    int64_t seconds;
    if (time.seconds < 0 || time.microseconds < 0 ||
        __builtin_add_overflow(time.seconds, time.microseconds / 1000000, &seconds)) {
      return Error{EINVAL};
    }
    wanted = timespec{seconds, time.microseconds % 1000000 * 1000};
  }
  RemainingTime remaining(cage.host(), wanted);
  SyscallResult ready = select_files(cage, count, read, write, except, wanted);
  if (wanted) {
    timespec left = remaining.left();
    (void)cage.memory().write(timeout, {left.tv_sec, left.tv_nsec / 1000});
  }
  return ready;
}

SyscallResult sys_pselect6(Thread& thread, int count, GuestPtr<uint64_t> read,
                           GuestPtr<uint64_t> write, GuestPtr<uint64_t> except,
                           GuestPtr<GuestTimespec> timeout, GuestPtr<GuestSelectMask> mask) {
  Cage& cage = thread.cage();
  std::optional<timespec> wanted = TRY(read_timeout(cage, timeout));
  std::optional<GuestSignalSet> wait_mask;
  if (!mask.is_null()) {
    GuestSelectMask where = TRY(cage.memory().read(mask));
    wait_mask = TRY(read_wait_mask(cage, mask.leads_to<SignalSet>(static_cast<uint32_t>(where.set)),
                                   static_cast<uint32_t>(where.size)));
  }
  RemainingTime remaining(cage.host(), wanted);
  SyscallResult ready = wait_with_mask(
      thread, wait_mask, [&] { return select_files(cage, count, read, write, except, wanted); });
  if (wanted) (void)cage.memory().write(timeout, to_guest(remaining.left()));
  return ready;
}

}  // namespace linden::microvisor
