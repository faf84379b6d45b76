// A buffer has 16 pages, each with some bytes in it, and two futex words: one that counts what
// readers wait for (bytes, or the end of the writer), one for writers.
//
// Invariants: `pages_[(first_ + i) % kPages]` for i < count_ hold bytes, oldest first, and none is
// empty; nothing is there once the buffer is the host's. Whoever changes what a side waits for
// counts on its word with the mutex held, and wakes it after that. A thread counts itself among the
// sleepers with the mutex held and the word unchanged, so no wake-up is lost.

#include "microvisor/pipe_buffer.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <climits>
#include <utility>
#include <vector>

#include "microvisor/guest_memory.h"

namespace linden::microvisor {

namespace {

bool has_several_processors() {
  static const bool several = [] {
    cpu_set_t mask;
    return sched_getaffinity(0, sizeof mask, &mask) == 0 && CPU_COUNT(&mask) > 1;
  }();
  return several;
}

}  // namespace

bool Patience::wait_awake(const std::atomic<uint32_t>& word, uint32_t seen) {
  if (!has_several_processors()) return false;
  const int luck = luck_.load(std::memory_order_relaxed);
  if (luck <= kNone) {
    // Counted up until it is time to try again.
    luck_.store(luck > kNone - kPause ? luck - 1 : kNone + 1, std::memory_order_relaxed);
    return false;
  }
  for (int i = 0; i < kLoops; ++i) {
    if (word.load(std::memory_order_acquire) != seen) {
      luck_.store(std::min(luck + 1, kMost), std::memory_order_relaxed);
      return true;
    }
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
  }
  luck_.store(luck - 1, std::memory_order_relaxed);
  return false;
}

// Where an operation stands in the vectors of the guest.
class PipeBuffer::Cursor {
 public:
  explicit Cursor(std::span<const iovec> vectors) : vectors_(vectors) {
    for (const iovec& vector : vectors) left_ += vector.iov_len;
  }

  size_t left() const { return left_; }
  // Copies `length` bytes, which are no more than are left; if it fails, the cursor stays.
  Result<void> copy_to(const std::byte* from, size_t length) {
    return advance(length, [&](std::byte* guest, size_t done, size_t part) {
      return copy_to_guest(guest, from + done, part);
    });
  }
  Result<void> copy_from(std::byte* to, size_t length) {
    return advance(length, [&](std::byte* guest, size_t done, size_t part) {
      return copy_to_guest(to + done, guest, part);
    });
  }
  // What is left, as vectors.
  std::vector<iovec> rest() const {
    std::vector<iovec> rest(vectors_.begin() + static_cast<ptrdiff_t>(index_), vectors_.end());
    if (!rest.empty()) {
      rest.front().iov_base = static_cast<std::byte*>(rest.front().iov_base) + offset_;
      rest.front().iov_len -= offset_;
    }
    return rest;
  }

 private:
  template <typename Copy>
  Result<void> advance(size_t length, Copy copy) {
    size_t index = index_, offset = offset_, done = 0;
    while (done < length) {
      const iovec& vector = vectors_[index];
      const size_t part = std::min(vector.iov_len - offset, length - done);
      TRY(copy(static_cast<std::byte*>(vector.iov_base) + offset, done, part));
      done += part;
      offset += part;
      if (offset == vector.iov_len) {
        ++index;
        offset = 0;
      }
    }
    index_ = index;
    offset_ = offset;
    left_ -= length;
    return {};
  }

  std::span<const iovec> vectors_;
  size_t index_ = 0, offset_ = 0, left_ = 0;
};

Result<size_t> PipeBuffer::read(std::span<const iovec> to, bool may_wait) {
  Cursor cursor(to);
  const size_t wanted = cursor.left();
  if (wanted == 0) return size_t{0};
  std::unique_lock lock(mutex_);
  while (true) {
    if (is_on_host_) {
      const int end = host_ends_[kReader];
      lock.unlock();
      return read_from_host(end, to, may_wait);
    }
    const bool was_full = count_ == kPages;
    Result<void> copied;
    while (copied.ok() && count_ != 0 && cursor.left() != 0) copied = take(cursor);
    const size_t done = wanted - cursor.left();
    if (done != 0 || !copied.ok()) {
      // If there is more, another reader may have it, who was not woken for it.
      finish(lock, was_full && count_ != kPages, count_ != 0);
      if (done == 0) return copied.error();
      return done;
    }
    if (!is_open_[kWriter] || !is_open_[kReader]) return size_t{0};
    if (!may_wait) return Error{EAGAIN};
    TRY(wait(lock, kReader));
  }
}

Result<size_t> PipeBuffer::write(std::span<const iovec> from, bool may_wait) {
  Cursor cursor(from);
  const size_t wanted = cursor.left();
  if (wanted == 0) return size_t{0};
  std::unique_lock lock(mutex_);
  bool is_first = true;
  while (true) {
    auto done = [&] { return wanted - cursor.left(); };
    auto result = [&](Error error) { return done() != 0 ? Result<size_t>(done()) : error; };
    if (is_on_host_) {
      const int end = host_ends_[kWriter];
      lock.unlock();
      Result<size_t> more = write_to_host(end, cursor.rest(), may_wait);
      if (!more.ok()) return result(more.error());
      return done() + more.value();
    }
    if (!is_open_[kReader] || !is_open_[kWriter]) return result(Error{EPIPE});
    const bool was_empty = count_ == 0;
    Result<void> copied;
    if (std::exchange(is_first, false)) copied = put_behind_last(cursor);
    while (copied.ok() && count_ != kPages && cursor.left() != 0) copied = put(cursor);
    const bool is_done = cursor.left() == 0 || !copied.ok() || !may_wait;
    if (is_done) {
      finish(lock, count_ != kPages, was_empty && count_ != 0);
      if (!copied.ok()) return result(copied.error());
      return result(Error{EAGAIN});
    }
    if (was_empty) {
      // Whatever happens meanwhile, the next turn sees it.
      finish(lock, false, true);
      lock.lock();
      continue;
    }
    Result<void> waited = wait(lock, kWriter);
    if (!waited.ok()) return result(waited.error());
  }
}

uint64_t PipeBuffer::bytes_available() {
  std::lock_guard lock(mutex_);
  uint64_t total = 0;
  for (size_t i = 0; i < count_; ++i) total += page(i).length;
  return total;
}

void PipeBuffer::close(Side side) {
  std::unique_lock lock(mutex_);
  is_open_[side] = false;
  if (own_host_ends_) {
    (side == kReader ? own_host_ends_->read_end : own_host_ends_->write_end).reset();
    host_ends_[side] = -1;
    return;
  }
  // Who waits on the same side is of an end that is being shut down, not closed.
  bool has_sleepers[2];
  for (Side each : {kReader, kWriter}) {
    words_[each].count.fetch_add(1);
    has_sleepers[each] = sleepers_[each] != 0;
  }
  lock.unlock();
  for (Side each : {kReader, kWriter}) {
    if (has_sleepers[each]) wake(each, INT_MAX);
  }
}

bool PipeBuffer::is_open(Side side) {
  std::lock_guard lock(mutex_);
  return is_open_[side];
}

Result<int> PipeBuffer::move_to_new_pipe(Side side) {
  std::lock_guard lock(mutex_);
  if (!is_on_host_) {
    // Without waiting: a pipe of the host may be smaller, for users that have many.
    HostPipe made = TRY(host_.pipe(O_NONBLOCK));
    TRY(copy_to_host(made.read_end.get(), made.write_end.get()));
    TRY(host_.set_status_flags(made.read_end.get(), flags_[kReader]));
    TRY(host_.set_status_flags(made.write_end.get(), flags_[kWriter]));
    if (!is_open_[kReader]) made.read_end.reset();
    if (!is_open_[kWriter]) made.write_end.reset();
    become_host_file(made.read_end.get(), made.write_end.get());
    own_host_ends_ = std::move(made);
  }
  return host_ends_[side];
}

Result<void> PipeBuffer::copy_to_host(int read_end, int write_end) {
  // With what has been read already of the first page, or others would be put behind it there.
  const size_t already_read = count_ != 0 ? std::exchange(page(0).start, 0) : 0;
  if (count_ != 0) page(0).length += already_read;
  Result<void> copied = write_pages(read_end, write_end, already_read);
  if (count_ != 0) page(0) = {already_read, page(0).length - already_read};
  return copied;
}

void PipeBuffer::become_host_file(int read_end, int write_end) {
  is_on_host_ = true;
  host_ends_ = {read_end, write_end};
  count_ = 0;
  buffer_ = nullptr;
  for (Side each : {kReader, kWriter}) {
    words_[each].count.fetch_add(1);
    if (sleepers_[each] != 0) wake(each, INT_MAX);
  }
}

Result<void> PipeBuffer::move_to_sockets(PipeBuffer& forth, PipeBuffer& back, int first, int second,
                                         bool is_first_open, bool is_second_open) {
  std::lock_guard forth_lock(forth.mutex_);
  std::lock_guard back_lock(back.mutex_);
  Host& host = forth.host_;
  TRY(forth.copy_to_host(second, first));
  TRY(back.copy_to_host(first, second));
  TRY(host.set_status_flags(first, forth.flags_[kWriter]));
  TRY(host.set_status_flags(second, forth.flags_[kReader]));
  auto shut = [&](int socket, bool is_open, PipeBuffer& in, PipeBuffer& out) -> Result<void> {
    if (is_open && !in.is_open_[kReader]) TRY(host.shutdown(socket, SHUT_RD));
    if (is_open && !out.is_open_[kWriter]) TRY(host.shutdown(socket, SHUT_WR));
    return {};
  };
  TRY(shut(first, is_first_open, back, forth));
  TRY(shut(second, is_second_open, forth, back));
  forth.is_socket_ = back.is_socket_ = true;
  forth.become_host_file(second, first);
  back.become_host_file(first, second);
  return {};
}

int PipeBuffer::host_descriptor_now(Side side) {
  std::lock_guard lock(mutex_);
  return is_on_host_ ? host_ends_[side] : -1;
}

bool PipeBuffer::set_flags(Side side, int flags) {
  std::lock_guard lock(mutex_);
  flags_[side] = flags;
  return !is_on_host_;
}

// A socket's call need not wait where its descriptor would.
Result<size_t> PipeBuffer::read_from_host(int end, std::span<const iovec> to, bool may_wait) {
  if (!is_socket_) return host_.readv(end, to);
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(to.data());
  message.msg_iovlen = to.size();
  return host_.recvmsg(end, &message, may_wait ? 0 : MSG_DONTWAIT);
}

Result<size_t> PipeBuffer::write_to_host(int end, std::span<const iovec> from, bool may_wait) {
  if (!is_socket_) return host_.writev(end, from);
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(from.data());
  message.msg_iovlen = from.size();
  return host_.sendmsg(end, message, MSG_NOSIGNAL | (may_wait ? 0 : MSG_DONTWAIT));
}

void PipeBuffer::drop_first() {
  first_ = (first_ + 1) % kPages;
  --count_;
}

Result<void> PipeBuffer::take(Cursor& cursor) {
  Page& oldest = page(0);
  const size_t length = std::min(oldest.length, cursor.left());
  TRY(cursor.copy_to(bytes_of(oldest), length));
  oldest.start += length;
  oldest.length -= length;
  if (oldest.length == 0) drop_first();
  return {};
}

// What does not fill a page goes into the last one, if all of it fits there.
Result<void> PipeBuffer::put_behind_last(Cursor& cursor) {
  const size_t odd = cursor.left() % kPageSize;
  if (odd == 0 || count_ == 0) return {};
  Page& last = page(count_ - 1);
  if (last.start + last.length + odd > kPageSize) return {};
  TRY(cursor.copy_from(bytes_of(last) + last.length, odd));
  last.length += odd;
  return {};
}

Result<void> PipeBuffer::put(Cursor& cursor) {
  if (buffer_ == nullptr) buffer_ = std::make_unique<Buffer>();
  Page& next = page(count_);
  next = {0, std::min(kPageSize, cursor.left())};
  TRY(cursor.copy_from(bytes_of(next), next.length));
  ++count_;
  return {};
}

// Without the first `already_read` bytes.
Result<void> PipeBuffer::write_pages(int read_end, int write_end, size_t already_read) {
  for (size_t i = 0; i < count_; ++i) {
    const iovec vector{bytes_of(page(i)), page(i).length};
    TRY(host_.writev(write_end, {&vector, 1}));
  }
  std::array<std::byte, kPageSize> unwanted;
  const iovec vector{unwanted.data(), already_read};
  if (already_read != 0) TRY(host_.readv(read_end, {&vector, 1}));
  return {};
}

// Ends an operation: says what has changed for whom, and unlocks.
void PipeBuffer::finish(std::unique_lock<std::mutex>& lock, bool is_room, bool is_data) {
  if (is_room) words_[kWriter].count.fetch_add(1);
  if (is_data) words_[kReader].count.fetch_add(1);
  const bool wakes_writer = is_room && sleepers_[kWriter] != 0;
  const bool wakes_reader = is_data && sleepers_[kReader] != 0;
  lock.unlock();
  if (wakes_writer) wake(kWriter, 1);
  if (wakes_reader) wake(kReader, 1);
}

void PipeBuffer::wake(Side side, int count) {
  (void)host_.futex(&words_[side].count, FUTEX_WAKE_PRIVATE, static_cast<uint32_t>(count), nullptr,
                    nullptr, 0);
}

// Until something has changed for the side. The lock is released meanwhile. EINTR if the thread
// is called back.
Result<void> PipeBuffer::wait(std::unique_lock<std::mutex>& lock, Side side) {
  std::atomic<uint32_t>& word = words_[side].count;
  const uint32_t seen = word.load();
  lock.unlock();
  const bool has_changed = patience_[side].wait_awake(word, seen);
  lock.lock();
  if (has_changed || word.load() != seen) return {};
  ++sleepers_[side];
  lock.unlock();
  auto waited = host_.futex(&word, FUTEX_WAIT_PRIVATE, seen, nullptr, nullptr, 0);
  lock.lock();
  --sleepers_[side];
  if (!waited.ok() && waited.code() != EAGAIN) return waited.error();
  return {};
}

}  // namespace linden::microvisor
