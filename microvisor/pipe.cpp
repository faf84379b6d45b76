// A pipe has a buffer of 16 pages, each with some bytes in it, and two futex words: one that counts
// what readers wait for (bytes, or the end of the writer), one for writers.
//
// Invariants: `pages_[(first_ + i) % kPages]` for i < count_ hold bytes, oldest first, and none is
// empty; nothing is there once the pipe is the host's. Whoever changes what a side waits for counts
// on its word with the mutex held, and wakes it after that. A thread counts itself among the
// sleepers with the mutex held and the word unchanged, so no wake-up is lost.
// Thread-safety: all functions may be called concurrently. The mutex is held across copies to and
// from guest memory, as Linux holds its own, and while the pipe moves to the host.

#include "microvisor/pipe.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <climits>
#include <mutex>
#include <optional>

#include "microvisor/host_file.h"

namespace linden::microvisor {

namespace {

constexpr size_t kPageSize = 4096;
constexpr size_t kPages = 16;
constexpr dev_t kPipeDevice = 13;

enum Side { kReader, kWriter };

// Where an operation stands in the vectors of the guest.
class Cursor {
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

// Sleeping and being woken costs both threads several microseconds. Where the other side answers
// sooner, as it does in a dialogue on several processors, waiting awake for about as long saves
// that; where it has not been so lately, it is tried only now and then.
class Patience {
 public:
  // Whether the word has changed.
  bool wait_awake(const std::atomic<uint32_t>& word, uint32_t seen) {
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

 private:
  static constexpr int kNone = 0, kMost = 4, kPause = 64;
  static constexpr int kLoops = 400;  // about ten microseconds
  std::atomic<int> luck_ = 1;

  static bool has_several_processors() {
    static const bool several = [] {
      cpu_set_t mask;
      return sched_getaffinity(0, sizeof mask, &mask) == 0 && CPU_COUNT(&mask) > 1;
    }();
    return several;
  }
};

class Pipe {
 public:
  Pipe(Host& host, int flags)
      : host_(host), number_(++last_number()), flags_{O_RDONLY | flags, O_WRONLY | flags} {
    Result<timespec> now = host.clock_gettime(CLOCK_REALTIME);
    if (now.ok()) made_ = now.value();
  }

  Host& host() { return host_; }
  // As fstat(2) has it; the same on both ends. After the pipe has moved, it is still this file.
  struct stat status() const {
    const HostIdentity user = host_.identity();
    struct stat status{};
    status.st_dev = kPipeDevice;
    status.st_ino = number_;
    status.st_mode = S_IFIFO | 0600;
    status.st_nlink = 1;
    status.st_uid = user.effective_user;
    status.st_gid = user.effective_group;
    status.st_blksize = kPageSize;
    status.st_atim = status.st_mtim = status.st_ctim = made_;
    return status;
  }

  Result<size_t> read(std::span<const iovec> to, bool may_wait) {
    Cursor cursor(to);
    const size_t wanted = cursor.left();
    if (wanted == 0) return size_t{0};
    std::unique_lock lock(mutex_);
    while (true) {
      if (on_host_) {
        lock.unlock();
        return host_.readv(on_host_->read_end.get(), to);
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
      if (!is_open_[kWriter]) return size_t{0};
      if (!may_wait) return Error{EAGAIN};
      TRY(wait(lock, kReader));
    }
  }

  Result<size_t> write(std::span<const iovec> from, bool may_wait) {
    Cursor cursor(from);
    const size_t wanted = cursor.left();
    if (wanted == 0) return size_t{0};
    std::unique_lock lock(mutex_);
    bool is_first = true;
    while (true) {
      auto done = [&] { return wanted - cursor.left(); };
      auto result = [&](Error error) { return done() != 0 ? Result<size_t>(done()) : error; };
      if (on_host_) {
        lock.unlock();
        Result<size_t> more = host_.writev(on_host_->write_end.get(), cursor.rest());
        if (!more.ok()) return result(more.error());
        return done() + more.value();
      }
      if (!is_open_[kReader]) return result(Error{EPIPE});
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

  uint64_t bytes_available() {
    std::lock_guard lock(mutex_);
    uint64_t total = 0;
    for (size_t i = 0; i < count_; ++i) total += page(i).length;
    return total;
  }

  void close(Side side) {
    std::unique_lock lock(mutex_);
    is_open_[side] = false;
    if (on_host_) {
      (side == kReader ? on_host_->read_end : on_host_->write_end).reset();
      return;
    }
    const Side other = side == kReader ? kWriter : kReader;
    words_[other].count.fetch_add(1);
    const bool has_sleepers = sleepers_[other] != 0;
    lock.unlock();
    if (has_sleepers) wake(other, INT_MAX);
  }

  // Makes it the host's, if it isn't; the descriptor of one end.
  Result<int> move_to_host(Side side) {
    std::unique_lock lock(mutex_);
    if (!on_host_) {
      // Without waiting: a pipe of the host may be smaller, for users that have many.
      HostPipe made = TRY(host_.pipe(O_NONBLOCK));
      // With what has been read already of the first page, or others would be put behind it there.
      const size_t already_read = count_ != 0 ? std::exchange(page(0).start, 0) : 0;
      if (count_ != 0) page(0).length += already_read;
      Result<void> moved = write_pages(made, already_read);
      if (count_ != 0) page(0) = {already_read, page(0).length - already_read};
      TRY(std::move(moved));
      TRY(host_.set_status_flags(made.read_end.get(), flags_[kReader]));
      TRY(host_.set_status_flags(made.write_end.get(), flags_[kWriter]));
      if (!is_open_[kReader]) made.read_end.reset();
      if (!is_open_[kWriter]) made.write_end.reset();
      on_host_ = std::move(made);
      count_ = 0;
      buffer_ = nullptr;
      for (Side each : {kReader, kWriter}) {
        words_[each].count.fetch_add(1);
        if (sleepers_[each] != 0) wake(each, INT_MAX);
      }
    }
    return (side == kReader ? on_host_->read_end : on_host_->write_end).get();
  }

  // The host's descriptor if it is there already, or -1.
  int host_descriptor_now(Side side) {
    std::lock_guard lock(mutex_);
    if (!on_host_) return -1;
    return (side == kReader ? on_host_->read_end : on_host_->write_end).get();
  }

  bool has_no_reader() {
    const int fd = host_descriptor_now(kWriter);
    if (fd >= 0) return microvisor::has_no_reader(host_, fd);
    std::lock_guard lock(mutex_);
    return !is_open_[kReader];
  }

  int flags(Side side) const { return flags_[side]; }
  // Whether that is possible here: not once it is the host's.
  bool set_flags(Side side, int flags) {
    std::lock_guard lock(mutex_);
    if (on_host_) return false;
    flags_[side] = flags;
    return true;
  }

 private:
  struct Page {
    size_t start = 0;
    size_t length = 0;
  };

  static std::atomic<ino_t>& last_number() {
    static std::atomic<ino_t> last = 1'000'000;
    return last;
  }

  Page& page(size_t index) { return pages_[(first_ + index) % kPages]; }
  std::byte* bytes_of(const Page& page) {
    return &(*buffer_)[static_cast<size_t>(&page - pages_.data()) * kPageSize] + page.start;
  }
  void drop_first() {
    first_ = (first_ + 1) % kPages;
    --count_;
  }

  Result<void> take(Cursor& cursor) {
    Page& oldest = page(0);
    const size_t length = std::min(oldest.length, cursor.left());
    TRY(cursor.copy_to(bytes_of(oldest), length));
    oldest.start += length;
    oldest.length -= length;
    if (oldest.length == 0) drop_first();
    return {};
  }

  // What does not fill a page goes into the last one, if all of it fits there.
  Result<void> put_behind_last(Cursor& cursor) {
    const size_t odd = cursor.left() % kPageSize;
    if (odd == 0 || count_ == 0) return {};
    Page& last = page(count_ - 1);
    if (last.start + last.length + odd > kPageSize) return {};
    TRY(cursor.copy_from(bytes_of(last) + last.length, odd));
    last.length += odd;
    return {};
  }

  Result<void> put(Cursor& cursor) {
    if (buffer_ == nullptr) buffer_ = std::make_unique<Buffer>();
    Page& next = page(count_);
    next = {0, std::min(kPageSize, cursor.left())};
    TRY(cursor.copy_from(bytes_of(next), next.length));
    ++count_;
    return {};
  }

  // Without the first `already_read` bytes.
  Result<void> write_pages(const HostPipe& to, size_t already_read) {
    for (size_t i = 0; i < count_; ++i) {
      const iovec vector{bytes_of(page(i)), page(i).length};
      TRY(host_.writev(to.write_end.get(), {&vector, 1}));
    }
    std::array<std::byte, kPageSize> unwanted;
    const iovec vector{unwanted.data(), already_read};
    if (already_read != 0) TRY(host_.readv(to.read_end.get(), {&vector, 1}));
    return {};
  }

  // Ends an operation: says what has changed for whom, and unlocks.
  void finish(std::unique_lock<std::mutex>& lock, bool is_room, bool is_data) {
    if (is_room) words_[kWriter].count.fetch_add(1);
    if (is_data) words_[kReader].count.fetch_add(1);
    const bool wakes_writer = is_room && sleepers_[kWriter] != 0;
    const bool wakes_reader = is_data && sleepers_[kReader] != 0;
    lock.unlock();
    if (wakes_writer) wake(kWriter, 1);
    if (wakes_reader) wake(kReader, 1);
  }

  void wake(Side side, int count) {
    (void)host_.futex(&words_[side].count, FUTEX_WAKE_PRIVATE, static_cast<uint32_t>(count),
                      nullptr, nullptr, 0);
  }

  // Until something has changed for the side. The lock is released meanwhile. EINTR if the thread
  // is called back.
  Result<void> wait(std::unique_lock<std::mutex>& lock, Side side) {
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

  Host& host_;
  const ino_t number_;
  timespec made_{};
  std::mutex mutex_;
  // Null until something is written.
  using Buffer = std::array<std::byte, kPages * kPageSize>;
  std::unique_ptr<Buffer> buffer_;
  std::array<Page, kPages> pages_;
  size_t first_ = 0, count_ = 0;
  std::array<bool, 2> is_open_ = {true, true};
  std::array<std::atomic<int>, 2> flags_;  // written with the mutex held
  std::array<int, 2> sleepers_ = {0, 0};
  std::optional<HostPipe> on_host_;
  // Apart, because each is watched by a side that waits awake.
  struct alignas(64) Word {
    std::atomic<uint32_t> count = 0;
  };
  std::array<Word, 2> words_;
  std::array<Patience, 2> patience_;
};

class PipeEnd final : public OpenFile {
 public:
  PipeEnd(std::shared_ptr<Pipe> pipe, Side side) : pipe_(std::move(pipe)), side_(side) {}
  ~PipeEnd() override { pipe_->close(side_); }

  Result<size_t> readv(std::span<const iovec> to) override {
    if (side_ != kReader) return Error{EBADF};
    return pipe_->read(to, may_wait());
  }
  Result<size_t> writev(std::span<const iovec> from) override {
    if (side_ != kWriter) return Error{EBADF};
    return pipe_->write(from, may_wait());
  }
  Result<size_t> preadv2(std::span<const iovec> to, int64_t offset, int flags) override {
    if (flags == 0) return OpenFile::preadv2(to, offset, flags);
    return pipe_->host().preadv2(TRY(host_descriptor()), to, offset, flags);
  }
  Result<size_t> pwritev2(std::span<const iovec> from, int64_t offset, int flags) override {
    if (flags == 0) return OpenFile::pwritev2(from, offset, flags);
    return pipe_->host().pwritev2(TRY(host_descriptor()), from, offset, flags);
  }

  Result<struct stat> stat() override {
    struct stat status = pipe_->status();
    const int fd = pipe_->host_descriptor_now(side_);
    if (fd < 0) return status;
    struct stat now = TRY(pipe_->host().fstat(fd));
    now.st_dev = status.st_dev;
    now.st_ino = status.st_ino;
    return now;
  }
  Result<struct statfs> statfs() override { return pipe_->host().fstatfs(TRY(host_descriptor())); }
  Result<void> change_mode(uint32_t mode) override {
    return pipe_->host().change_mode(TRY(host_descriptor()), mode & 01777);
  }
  Result<void> change_owner(uid_t user, gid_t group) override {
    return pipe_->host().change_owner(TRY(host_descriptor()), user, group);
  }
  Result<void> allocate(int mode, int64_t offset, int64_t length) override {
    return pipe_->host().fallocate(TRY(host_descriptor()), mode, offset, length);
  }
  Result<void> set_times(std::span<const timespec, 2> times) override {
    return pipe_->host().set_times(TRY(host_descriptor()), times);
  }

  Result<int> status_flags() override {
    const int fd = pipe_->host_descriptor_now(side_);
    if (fd >= 0) return pipe_->host().status_flags(fd);
    return pipe_->flags(side_);
  }
  Result<void> set_status_flags(int flags) override {
    const int access = side_ == kReader ? O_RDONLY : O_WRONLY;
    if ((flags & ~(O_NONBLOCK | O_ACCMODE)) == 0 &&
        pipe_->set_flags(side_, access | (flags & O_NONBLOCK))) {
      return {};
    }
    return pipe_->host().set_status_flags(TRY(host_descriptor()), flags);
  }

  Result<int> pollable() override { return pipe_->move_to_host(side_); }
  Result<int> mappable() override { return pipe_->move_to_host(side_); }
  Result<int> host_descriptor() override { return pipe_->move_to_host(side_); }
  Result<uint64_t> bytes_available() override {
    const int fd = pipe_->host_descriptor_now(side_);
    if (fd >= 0) return pipe_->host().bytes_available(fd);
    return pipe_->bytes_available();
  }
  bool is_broken_pipe() override { return side_ == kWriter && pipe_->has_no_reader(); }

 private:
  bool may_wait() { return (pipe_->flags(side_) & O_NONBLOCK) == 0; }

  const std::shared_ptr<Pipe> pipe_;
  const Side side_;
};

}  // namespace

std::pair<std::shared_ptr<OpenFile>, std::shared_ptr<OpenFile>> make_pipe(Host& host, int flags) {
  auto pipe = std::make_shared<Pipe>(host, flags);
  return {std::make_shared<PipeEnd>(pipe, kReader), std::make_shared<PipeEnd>(pipe, kWriter)};
}

}  // namespace linden::microvisor
