// An OpenFile that is a file of the host.
#pragma once

#include <memory>
#include <string>

#include "microvisor/directory_listing.h"
#include "microvisor/mutex.h"
#include "microvisor/open_file.h"

namespace linden::microvisor {

// Whether a descriptor of the host is the writing end of a pipe without readers.
bool has_no_reader(Host& host, int fd);

class HostFile final : public OpenFile {
 public:
  // Something opened beneath a grant. `read_only` is the grant's; `path_only`: with O_PATH.
  static std::shared_ptr<HostFile> opened(Host& host, HostFd fd, bool read_only,
                                          bool path_only = false);
  // Something opened in the tree of a POSIX guest; `path_only` as above.
  static std::shared_ptr<HostFile> opened(Host& host, HostFd fd, const Mount& mount,
                                          bool path_only);
  // The root of a mount, which owns it.
  static std::shared_ptr<HostFile> mount_root(Host& host, HostFd fd, const Mount& mount);
  // The root of a grant, which the guest knows as `name`.
  static std::shared_ptr<HostFile> grant_root(Host& host, HostFd fd, bool read_only,
                                              std::string name);
  // Something without a name: a socket, an event counter.
  static std::shared_ptr<HostFile> stream(Host& host, HostFd fd);
  // A descriptor that the host process was started with. No path can be resolved beneath it, not
  // even if it happens to be a directory: inheriting it wasn't a grant.
  static std::shared_ptr<HostFile> inherited(Host& host, HostFd fd);
  ~HostFile() override;

  Result<size_t> readv(std::span<const iovec> to) override;
  Result<size_t> writev(std::span<const iovec> from) override;
  Result<size_t> preadv(std::span<const iovec> to, int64_t offset) override;
  Result<size_t> pwritev(std::span<const iovec> from, int64_t offset) override;
  Result<size_t> preadv2(std::span<const iovec> to, int64_t offset, int flags) override;
  Result<size_t> pwritev2(std::span<const iovec> from, int64_t offset, int flags) override;
  Result<int64_t> seek(int64_t offset, int whence) override;
  Result<struct stat> stat() override;
  Result<struct statx> statx(int flags, uint32_t mask) override;
  Result<struct statfs> statfs() override;
  Result<void> access(int mode) override;
  Result<void> change_mode(uint32_t mode) override;
  Result<void> change_owner(uid_t user, gid_t group) override;
  Result<void> truncate(int64_t size) override;
  Result<void> allocate(int mode, int64_t offset, int64_t length) override;
  Result<void> advise(int64_t offset, int64_t length, int advice) override;
  Result<void> sync() override;
  Result<void> sync_data() override;
  Result<void> set_times(std::span<const timespec, 2> times) override;
  Result<size_t> read_entries(std::span<std::byte> to) override;
  Result<size_t> read_entries_at(int64_t position, std::span<std::byte> to) override;
  Result<int> status_flags() override;
  Result<void> set_status_flags(int flags) override;
  Result<int> pollable() override;
  Result<uint64_t> bytes_available() override;
  bool is_broken_pipe() override;
  Result<int> mappable() override;
  Result<int> host_descriptor() override;
  bool is_path_only() const override { return kind_ == Kind::Path; }
  bool is_inherited() const override { return kind_ == Kind::Inherited; }
  void descriptor_closed(const void* owner) override;
  Result<int> directory() override;
  bool read_only() const override { return read_only_; }
  const Mount* mount() const override { return mount_.get(); }
  const std::string* grant_name() const override;
  Result<std::shared_ptr<OpenFile>> accept(int flags) override;
  Result<size_t> receive(msghdr* message, int flags) override;
  Result<size_t> send(const msghdr& message, int flags) override;
  Result<void> shutdown(int how) override;

 private:
  enum class Kind { Opened, Path, GrantRoot, Stream, Inherited };

  HostFile(Host& host, HostFd fd, Kind kind, bool read_only, std::string name,
           std::shared_ptr<const Mount> mount = nullptr);
  bool is_stream() const { return kind_ == Kind::Stream || kind_ == Kind::Inherited; }
  Result<void> require_writable() const;
  // For what is not in the file but about it.
  Result<void> require_changeable() const;
  // Makes `merged_` if this is a directory that needs it.
  Result<void> merge_mount_points() ABSL_EXCLUSIVE_LOCKS_REQUIRED(entries_mutex_);

  Host& host_;
  const HostFd fd_;
  const Kind kind_;
  const bool read_only_;
  const std::string name_;
  const std::shared_ptr<const Mount> mount_;
  Mutex entries_mutex_;  // makes seek + getdents one step
  // Only for a directory in which mount points lie that don't exist on the host.
  std::unique_ptr<DirectoryListing> merged_ ABSL_GUARDED_BY(entries_mutex_);
  size_t merged_position_ ABSL_GUARDED_BY(entries_mutex_) = 0;
};

}  // namespace linden::microvisor
