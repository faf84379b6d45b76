// Thread-safety: all functions may be called concurrently. The pair's mutex is taken before those
// of its buffers, and is held while the pair moves to the host.

#include "microvisor/socket_pair.h"

#include <sys/socket.h>

#include <mutex>

#include "microvisor/pipe_buffer.h"
#include "microvisor/unnamed_file.h"

namespace linden::microvisor {

namespace {

using enum PipeBuffer::Side;

constexpr dev_t kSocketDevice = 8;

class SocketPair {
 public:
  SocketPair(Host& host, int type, int flags)
      : host_(host),
        type_(type),
        file_(host, kSocketDevice, S_IFSOCK | 0777, 2),
        to_{PipeBuffer(host, flags), PipeBuffer(host, flags)} {}

  Host& host() { return host_; }
  bool is_stream() const { return type_ == SOCK_STREAM; }
  // What `end` reads, and what it writes.
  PipeBuffer& incoming(int end) { return to_[end]; }
  PipeBuffer& outgoing(int end) { return to_[1 - end]; }

  struct stat status(int end) const { return file_.status(end); }

  // Makes it the host's, if it isn't; the descriptor of one end.
  Result<int> move_to_host(int end) {
    std::lock_guard lock(mutex_);
    if (is_on_host_) return sockets_[end].get();
    auto [first, second] = TRY(host_.socketpair(type_));
    // What end 0 writes is what end 1 reads.
    TRY(PipeBuffer::move_to_sockets(outgoing(0), incoming(0), first.get(), second.get(),
                                    is_open_[0], is_open_[1]));
    is_on_host_ = true;
    if (is_open_[0]) sockets_[0] = std::move(first);
    if (is_open_[1]) sockets_[1] = std::move(second);
    return sockets_[end].get();
  }

  // The host's descriptor if it is there already, or -1.
  int host_descriptor_now(int end) {
    std::lock_guard lock(mutex_);
    return is_on_host_ ? sockets_[end].get() : -1;
  }

  Result<void> shutdown(int end, int how) {
    if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR) return Error{EINVAL};
    std::lock_guard lock(mutex_);
    if (is_on_host_) return host_.shutdown(sockets_[end].get(), how);
    if (how != SHUT_WR) incoming(end).close(kReader);
    if (how != SHUT_RD) outgoing(end).close(kWriter);
    return {};
  }

  void close(int end) {
    std::lock_guard lock(mutex_);
    is_open_[end] = false;
    if (is_on_host_) {
      sockets_[end].reset();
      return;
    }
    // Who sent what nobody has read is told.
    is_reset_[1 - end] = incoming(end).bytes_available() != 0;
    incoming(end).close(kReader);
    outgoing(end).close(kWriter);
  }

  // Whether the other end has left bytes of this one unread; true once.
  bool take_reset(int end) {
    std::lock_guard lock(mutex_);
    return std::exchange(is_reset_[end], false);
  }

  bool set_flags(int end, int flags) {
    std::lock_guard lock(mutex_);
    // Both, whatever the first says.
    const bool is_here = incoming(end).set_flags(kReader, flags);
    return outgoing(end).set_flags(kWriter, flags) && is_here;
  }

 private:
  Host& host_;
  const int type_;
  const UnnamedFile file_;
  std::mutex mutex_;
  bool is_on_host_ = false;
  std::array<HostFd, 2> sockets_;
  std::array<bool, 2> is_open_ = {true, true};
  std::array<bool, 2> is_reset_ = {false, false};
  PipeBuffer to_[2];
};

class SocketEnd final : public OpenFile {
 public:
  SocketEnd(std::shared_ptr<SocketPair> pair, int end) : pair_(std::move(pair)), end_(end) {}
  ~SocketEnd() override { pair_->close(end_); }

  Result<size_t> readv(std::span<const iovec> to) override { return read(to, may_wait()); }
  Result<size_t> writev(std::span<const iovec> from) override { return write(from, may_wait()); }

  Result<size_t> receive(msghdr* message, int flags) override {
    const bool is_plain = (flags & ~(MSG_DONTWAIT | MSG_CMSG_CLOEXEC)) == 0;
    if (!is_plain || !pair_->is_stream()) {
      return pair_->host().recvmsg(TRY(host_descriptor()), message, flags);
    }
    message->msg_flags = 0;
    return read({message->msg_iov, message->msg_iovlen}, may_wait() && !(flags & MSG_DONTWAIT));
  }
  Result<size_t> send(const msghdr& message, int flags) override {
    const bool is_plain = (flags & ~(MSG_DONTWAIT | MSG_NOSIGNAL)) == 0;
    if (!is_plain || !pair_->is_stream()) {
      return pair_->host().sendmsg(TRY(host_descriptor()), message, flags | MSG_NOSIGNAL);
    }
    return write({message.msg_iov, message.msg_iovlen}, may_wait() && !(flags & MSG_DONTWAIT));
  }
  Result<void> shutdown(int how) override { return pair_->shutdown(end_, how); }
  Result<size_t> socket_option(int level, int name, std::span<std::byte> value) override {
    return pair_->host().socket_option(TRY(host_descriptor()), level, name, value);
  }
  Result<void> set_socket_option(int level, int name, std::span<const std::byte> value) override {
    return pair_->host().set_socket_option(TRY(host_descriptor()), level, name, value);
  }
  bool is_unnamed_socket() const override { return true; }

  Result<struct stat> stat() override { return pair_->status(end_); }
  Result<int> status_flags() override {
    const int fd = pair_->host_descriptor_now(end_);
    if (fd >= 0) return pair_->host().status_flags(fd);
    return O_RDWR | pair_->incoming(end_).flags(kReader);
  }
  Result<void> set_status_flags(int flags) override {
    if ((flags & ~(O_NONBLOCK | O_ACCMODE)) == 0 && pair_->set_flags(end_, flags & O_NONBLOCK)) {
      return {};
    }
    return pair_->host().set_status_flags(TRY(host_descriptor()), flags);
  }

  Result<int> pollable() override { return pair_->move_to_host(end_); }
  Result<int> host_descriptor() override { return pair_->move_to_host(end_); }
  Result<uint64_t> bytes_available() override {
    const int fd = pair_->host_descriptor_now(end_);
    if (fd >= 0) return pair_->host().bytes_available(fd);
    return pair_->incoming(end_).bytes_available();
  }

 private:
  bool may_wait() { return (pair_->incoming(end_).flags(kReader) & O_NONBLOCK) == 0; }

  Result<size_t> read(std::span<const iovec> to, bool may_wait) {
    if (!pair_->is_stream()) return pair_->host().readv(TRY(host_descriptor()), to);
    const size_t count = TRY(pair_->incoming(end_).read(to, may_wait));
    if (count == 0 && pair_->take_reset(end_)) return Error{ECONNRESET};
    return count;
  }
  Result<size_t> write(std::span<const iovec> from, bool may_wait) {
    if (!pair_->is_stream()) return pair_->host().writev(TRY(host_descriptor()), from);
    return pair_->outgoing(end_).write(from, may_wait);
  }

  const std::shared_ptr<SocketPair> pair_;
  const int end_;
};

}  // namespace

Result<std::array<std::shared_ptr<OpenFile>, 2>> make_socket_pair(Host& host, int type, int flags) {
  auto pair = std::make_shared<SocketPair>(host, type, flags);
  if (!pair->is_stream()) TRY(pair->move_to_host(0));
  return std::array<std::shared_ptr<OpenFile>, 2>{std::make_shared<SocketEnd>(pair, 0),
                                                  std::make_shared<SocketEnd>(pair, 1)};
}

}  // namespace linden::microvisor
