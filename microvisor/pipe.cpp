#include "microvisor/pipe.h"

#include <fcntl.h>

#include "microvisor/host_file.h"
#include "microvisor/pipe_buffer.h"
#include "microvisor/unnamed_file.h"

namespace linden::microvisor {

namespace {

using enum PipeBuffer::Side;

constexpr dev_t kPipeDevice = 13;

class Pipe {
 public:
  Pipe(Host& host, int flags)
      : buffer(host, flags), host_(host), file_(host, kPipeDevice, S_IFIFO | 0600) {}

  PipeBuffer buffer;

  Host& host() { return host_; }
  // As fstat(2) has it; the same on both ends. After the pipe has moved, it is still this file.
  struct stat status() const { return file_.status(); }

  bool has_no_reader() {
    const int fd = buffer.host_descriptor_now(kWriter);
    if (fd >= 0) return microvisor::has_no_reader(host_, fd);
    return !buffer.is_open(kReader);
  }

 private:
  Host& host_;
  const UnnamedFile file_;
};

class PipeEnd final : public OpenFile {
 public:
  PipeEnd(std::shared_ptr<Pipe> pipe, PipeBuffer::Side side)
      : pipe_(std::move(pipe)), side_(side) {}
  ~PipeEnd() override { pipe_->buffer.close(side_); }

  Result<size_t> readv(std::span<const iovec> to) override {
    if (side_ != kReader) return Error{EBADF};
    return pipe_->buffer.read(to, may_wait());
  }
  Result<size_t> writev(std::span<const iovec> from) override {
    if (side_ != kWriter) return Error{EBADF};
    return pipe_->buffer.write(from, may_wait());
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
    const int fd = pipe_->buffer.host_descriptor_now(side_);
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
    const int fd = pipe_->buffer.host_descriptor_now(side_);
    if (fd >= 0) return pipe_->host().status_flags(fd);
    return direction() | pipe_->buffer.flags(side_);
  }
  Result<void> set_status_flags(int flags) override {
    if ((flags & ~(O_NONBLOCK | O_ACCMODE)) == 0 &&
        pipe_->buffer.set_flags(side_, flags & O_NONBLOCK)) {
      return {};
    }
    return pipe_->host().set_status_flags(TRY(host_descriptor()), flags);
  }

  Result<int> pollable() override { return pipe_->buffer.move_to_new_pipe(side_); }
  Result<int> mappable() override { return pipe_->buffer.move_to_new_pipe(side_); }
  Result<int> host_descriptor() override { return pipe_->buffer.move_to_new_pipe(side_); }
  Result<uint64_t> bytes_available() override {
    const int fd = pipe_->buffer.host_descriptor_now(side_);
    if (fd >= 0) return pipe_->host().bytes_available(fd);
    return pipe_->buffer.bytes_available();
  }
  bool is_broken_pipe() override { return side_ == kWriter && pipe_->has_no_reader(); }

 private:
  bool may_wait() { return (pipe_->buffer.flags(side_) & O_NONBLOCK) == 0; }
  int direction() const { return side_ == kReader ? O_RDONLY : O_WRONLY; }

  const std::shared_ptr<Pipe> pipe_;
  const PipeBuffer::Side side_;
};

}  // namespace

std::pair<std::shared_ptr<OpenFile>, std::shared_ptr<OpenFile>> make_pipe(Host& host, int flags) {
  auto pipe = std::make_shared<Pipe>(host, flags);
  return {std::make_shared<PipeEnd>(pipe, kReader), std::make_shared<PipeEnd>(pipe, kWriter)};
}

}  // namespace linden::microvisor
