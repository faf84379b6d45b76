#include "microvisor/poll.h"

#include "microvisor/syscalls.h"

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

SyscallResult sys_poll(Cage& cage, GuestPtr<GuestPollfd> fds, uint32_t count, int timeout_ms) {
  if (count > static_cast<uint32_t>(cage.fds().limit())) return Error{EINVAL};
  std::vector<GuestPollfd> guest(count);
  TRY(cage.memory().copy_in(std::span(guest), fds));

  PollSet set;
  for (const GuestPollfd& entry : guest) {
    auto file = cage.fds().file(entry.fd);
    if (file.ok()) {
      set.add(file.take(), entry.events);
    } else {
      // Negative descriptors are ignored, closed ones reported.
      set.add_ready(entry.fd < 0 ? 0 : POLLNVAL);
    }
  }
  std::optional<timespec> timeout;
  if (timeout_ms >= 0) timeout = timespec{timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
  int ready = TRY(set.wait(cage.host(), timeout));

  for (uint32_t i = 0; i < count; ++i) guest[i].revents = set.events(i);
  TRY(cage.memory().copy_out(fds, std::span(guest)));
  return ready;
}

}  // namespace linden::microvisor
