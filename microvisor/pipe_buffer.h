// The buffer of a pipe, or of one direction of a stream socket pair: bytes that one side puts in
// and the other takes out, in the order and by the portions of Linux's pipes, without the kernel,
// until the buffer has to become the host's.
//
// Thread-safety: all functions may be called concurrently. The mutex is held across copies to and
// from guest memory, as Linux holds its own, and while the contents move to the host.
// Source: pipe(7), Linux fs/pipe.c.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "microvisor/host.h"
#include "microvisor/result.h"

namespace linden::microvisor {

// Sleeping and being woken costs both threads several microseconds. Where the other side answers
// sooner, as it does in a dialogue on several processors, waiting awake for about as long saves
// that; where it has not been so lately, it is tried only now and then.
class Patience {
 public:
  // Whether the word has changed.
  bool wait_awake(const std::atomic<uint32_t>& word, uint32_t seen);

 private:
  static constexpr int kNone = 0, kMost = 4, kPause = 64;
  static constexpr int kLoops = 400;  // about ten microseconds
  std::atomic<int> luck_ = 1;
};

class PipeBuffer {
 public:
  enum Side { kReader, kWriter };

  // `flags`: O_NONBLOCK or none, for both sides.
  PipeBuffer(Host& host, int flags) : host_(host), flags_{flags, flags} {}
  PipeBuffer(const PipeBuffer&) = delete;

  // Nothing is read at the end: when the writer, or the reader itself, is closed. EAGAIN if there
  // is nothing yet and it may not wait; EINTR.
  Result<size_t> read(std::span<const iovec> to, bool may_wait);
  // EPIPE if the reader, or the writer itself, is closed. Otherwise likewise.
  Result<size_t> write(std::span<const iovec> from, bool may_wait);
  uint64_t bytes_available();

  // More than once does no harm. If it is the host's, closes the descriptor that it owns.
  void close(Side side);
  bool is_open(Side side);

  // Makes it a pipe of the host's, if it is not the host's yet; the descriptor of one side.
  Result<int> move_to_new_pipe(Side side);
  // Moves both directions of a stream to sockets of the host's that are connected, new, borrowed
  // and set not to wait: `forth` goes from `first` to `second`. If it fails, nothing has moved, and
  // the sockets are of no use.
  static Result<void> move_to_sockets(PipeBuffer& forth, PipeBuffer& back, int first, int second,
                                      bool is_first_open, bool is_second_open);
  // The host's descriptor if it is there already, or -1.
  int host_descriptor_now(Side side);

  // O_NONBLOCK or none.
  int flags(Side side) const { return flags_[side]; }
  // False if it is the host's, where they are to be set too.
  bool set_flags(Side side, int flags);

 private:
  static constexpr size_t kPageSize = 4096, kPages = 16;
  struct Page {
    size_t start = 0;
    size_t length = 0;
  };
  class Cursor;

  Page& page(size_t index) { return pages_[(first_ + index) % kPages]; }
  std::byte* bytes_of(const Page& page) {
    return &(*buffer_)[static_cast<size_t>(&page - pages_.data()) * kPageSize] + page.start;
  }
  Result<size_t> read_from_host(int end, std::span<const iovec> to, bool may_wait);
  Result<size_t> write_to_host(int end, std::span<const iovec> from, bool may_wait);
  void drop_first();
  Result<void> take(Cursor& cursor);
  Result<void> put_behind_last(Cursor& cursor);
  Result<void> put(Cursor& cursor);
  Result<void> copy_to_host(int read_end, int write_end);
  void become_host_file(int read_end, int write_end);
  Result<void> write_pages(int read_end, int write_end, size_t already_read);
  void finish(std::unique_lock<std::mutex>& lock, bool is_room, bool is_data);
  void wake(Side side, int count);
  Result<void> wait(std::unique_lock<std::mutex>& lock, Side side);

  Host& host_;
  std::mutex mutex_;
  // Null until something is written.
  using Buffer = std::array<std::byte, kPages * kPageSize>;
  std::unique_ptr<Buffer> buffer_;
  std::array<Page, kPages> pages_;
  size_t first_ = 0, count_ = 0;
  std::array<bool, 2> is_open_ = {true, true};
  std::array<std::atomic<int>, 2> flags_;  // written with the mutex held
  std::array<int, 2> sleepers_ = {0, 0};
  bool is_on_host_ = false;
  // What it is there; written before it moves.
  bool is_socket_ = false;
  std::array<int, 2> host_ends_ = {-1, -1};
  std::optional<HostPipe> own_host_ends_;
  // Apart, because each is watched by a side that waits awake.
  struct alignas(64) Word {
    std::atomic<uint32_t> count = 0;
  };
  std::array<Word, 2> words_;
  std::array<Patience, 2> patience_;
};

}  // namespace linden::microvisor
