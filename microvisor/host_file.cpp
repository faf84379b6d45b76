#include "microvisor/host_file.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include "microvisor/mount_namespace.h"
#include "microvisor/record_locks.h"

namespace linden::microvisor {

HostFile::HostFile(Host& host, HostFd fd, Kind kind, bool read_only, std::string name,
                   std::shared_ptr<const Mount> mount)
    : host_(host),
      fd_(std::move(fd)),
      kind_(kind),
      read_only_(read_only),
      name_(std::move(name)),
      mount_(std::move(mount)) {}

std::shared_ptr<HostFile> HostFile::opened(Host& host, HostFd fd, bool read_only, bool path_only) {
  return std::shared_ptr<HostFile>(new HostFile(
      host, std::move(fd), path_only ? Kind::Path : Kind::Opened, read_only, std::string()));
}

std::shared_ptr<HostFile> HostFile::opened(Host& host, HostFd fd, const Mount& mount,
                                           bool path_only) {
  return std::shared_ptr<HostFile>(new HostFile(host, std::move(fd),
                                                path_only ? Kind::Path : Kind::Opened,
                                                mount.read_only(), std::string(), mount.share()));
}

std::shared_ptr<HostFile> HostFile::mount_root(Host& host, HostFd fd, const Mount& mount) {
  // Doesn't share the namespace, which would then never end.
  std::shared_ptr<const Mount> borrowed(std::shared_ptr<const Mount>(), &mount);
  return std::shared_ptr<HostFile>(
      new HostFile(host, std::move(fd), Kind::Opened, mount.read_only(), std::string(), borrowed));
}

std::shared_ptr<HostFile> HostFile::grant_root(Host& host, HostFd fd, bool read_only,
                                               std::string name) {
  return std::shared_ptr<HostFile>(
      new HostFile(host, std::move(fd), Kind::GrantRoot, read_only, std::move(name)));
}

std::shared_ptr<HostFile> HostFile::stream(Host& host, HostFd fd) {
  return std::shared_ptr<HostFile>(
      new HostFile(host, std::move(fd), Kind::Stream, false, std::string()));
}

std::shared_ptr<HostFile> HostFile::inherited(Host& host, HostFd fd) {
  return std::shared_ptr<HostFile>(
      new HostFile(host, std::move(fd), Kind::Inherited, false, std::string()));
}

// Its locks that belong to the open file description end with it.
HostFile::~HostFile() { RecordLocks::of_process().closed(host_, fd_.get(), this); }

void HostFile::descriptor_closed(const void* owner) {
  if (is_path_only()) return;  // no lock is made through it, and none ends with it
  RecordLocks::of_process().closed(host_, fd_.get(), owner);
}

// The host descriptor of a file under a read-only grant can't be written through, but times can be
// set through any descriptor, and the errno has to be EROFS.
Result<void> HostFile::require_writable() const {
  if (read_only_) return Error{EROFS};
  return {};
}

Result<void> HostFile::require_changeable() const {
  TRY(require_writable());
  if (is_inherited()) return Error{EPERM};
  return {};
}

Result<size_t> HostFile::readv(std::span<const iovec> to) { return host_.readv(fd_.get(), to); }

Result<size_t> HostFile::writev(std::span<const iovec> from) {
  return host_.writev(fd_.get(), from);
}

Result<size_t> HostFile::preadv(std::span<const iovec> to, int64_t offset) {
  return host_.preadv(fd_.get(), to, offset);
}

Result<size_t> HostFile::pwritev(std::span<const iovec> from, int64_t offset) {
  return host_.pwritev(fd_.get(), from, offset);
}

Result<int64_t> HostFile::seek(int64_t offset, int whence) {
  if (mount_ && mount_->has_missing_mount_points()) {
    MutexLock lock(&entries_mutex_);
    if (merged_) {
      int64_t base = whence == SEEK_CUR ? static_cast<int64_t>(merged_position_) : 0;
      if (whence == SEEK_END || __builtin_add_overflow(base, offset, &offset) || offset < 0)
        return Error{EINVAL};
      // From the beginning on, the directory is read anew.
      if (offset == 0) merged_ = nullptr;
      merged_position_ = static_cast<size_t>(offset);
      return offset;
    }
  }
  return host_.lseek(fd_.get(), offset, whence);
}

Result<size_t> HostFile::preadv2(std::span<const iovec> to, int64_t offset, int flags) {
  return host_.preadv2(fd_.get(), to, offset, flags);
}

Result<size_t> HostFile::pwritev2(std::span<const iovec> from, int64_t offset, int flags) {
  return host_.pwritev2(fd_.get(), from, offset, flags);
}

Result<struct stat> HostFile::stat() { return host_.fstat(fd_.get()); }

Result<struct statx> HostFile::statx(int flags, uint32_t mask) {
  return host_.statx(fd_.get(), flags, mask);
}

Result<struct statfs> HostFile::statfs() {
  struct statfs status = TRY(host_.fstatfs(fd_.get()));
  if (read_only_) status.f_flags |= ST_RDONLY;
  return status;
}

// Devices and FIFOs may be written to on a read-only file system too.
Result<void> HostFile::access(int mode) {
  if ((mode & W_OK) && read_only_) {
    mode_t type = TRY(stat()).st_mode & S_IFMT;
    if (type == S_IFREG || type == S_IFDIR || type == S_IFLNK) return Error{EROFS};
  }
  return host_.access(fd_.get(), mode);
}

Result<void> HostFile::change_mode(uint32_t mode) {
  TRY(require_changeable());
  return host_.change_mode(fd_.get(), mode & 01777);
}

Result<void> HostFile::change_owner(uid_t user, gid_t group) {
  TRY(require_changeable());
  return host_.change_owner(fd_.get(), user, group);
}

Result<void> HostFile::truncate(int64_t size) {
  TRY(require_writable());
  return host_.ftruncate(fd_.get(), size);
}

Result<void> HostFile::allocate(int mode, int64_t offset, int64_t length) {
  TRY(require_writable());
  return host_.fallocate(fd_.get(), mode, offset, length);
}

Result<void> HostFile::advise(int64_t offset, int64_t length, int advice) {
  return host_.fadvise(fd_.get(), offset, length, advice);
}

Result<void> HostFile::sync() { return host_.fsync(fd_.get()); }
Result<void> HostFile::sync_data() { return host_.fdatasync(fd_.get()); }

Result<void> HostFile::set_times(std::span<const timespec, 2> times) {
  TRY(require_changeable());
  return host_.set_times(fd_.get(), times);
}

Result<void> HostFile::merge_mount_points() {
  if (merged_ || !mount_ || !mount_->has_missing_mount_points()) return {};
  FileIdentity identity = FileIdentity::of(TRY(stat()));
  DirectoryListing missing;
  mount_->list_missing(identity, missing);
  if (missing.empty()) return {};
  auto merged = std::make_unique<DirectoryListing>();
  TRY(host_.lseek(fd_.get(), 0, SEEK_SET));
  std::vector<std::byte> records(32 << 10);
  while (size_t count = TRY(host_.getdents(fd_.get(), records))) {
    merged->add_records(std::span(records).first(count));
  }
  mount_->list_missing(identity, *merged);
  merged_ = std::move(merged);
  return {};
}

Result<size_t> HostFile::read_entries(std::span<std::byte> to) {
  if (is_stream()) return Error{ENOTDIR};
  MutexLock lock(&entries_mutex_);
  TRY(merge_mount_points());
  if (merged_) return merged_->read(&merged_position_, to);
  return host_.getdents(fd_.get(), to);
}

Result<size_t> HostFile::read_entries_at(int64_t position, std::span<std::byte> to) {
  if (is_stream()) return Error{ENOTDIR};
  MutexLock lock(&entries_mutex_);
  if (position == 0) merged_ = nullptr;
  TRY(merge_mount_points());
  if (merged_) {
    merged_position_ = static_cast<size_t>(position);
    return merged_->read(&merged_position_, to);
  }
  TRY(host_.lseek(fd_.get(), position, SEEK_SET));
  return host_.getdents(fd_.get(), to);
}

Result<int> HostFile::status_flags() { return host_.status_flags(fd_.get()); }

Result<void> HostFile::set_status_flags(int flags) {
  return host_.set_status_flags(fd_.get(), flags);
}

Result<int> HostFile::pollable() { return fd_.get(); }

Result<uint64_t> HostFile::bytes_available() { return host_.bytes_available(fd_.get()); }

bool has_no_reader(Host& host, int fd) {
  pollfd entry{fd, 0, 0};
  const timespec no_time{0, 0};
  const Result<int> ready = host.poll({&entry, 1}, &no_time);
  if (!ready.ok() || (entry.revents & POLLERR) == 0) return false;
  const Result<struct stat> status = host.fstat(fd);
  return status.ok() && S_ISFIFO(status->st_mode);
}

bool HostFile::is_broken_pipe() { return has_no_reader(host_, fd_.get()); }

Result<int> HostFile::mappable() { return fd_.get(); }
Result<int> HostFile::host_descriptor() { return fd_.get(); }

Result<int> HostFile::directory() {
  if (is_stream()) return Error{ENOTDIR};
  return fd_.get();
}

const std::string* HostFile::grant_name() const {
  return kind_ == Kind::GrantRoot ? &name_ : nullptr;
}

Result<std::shared_ptr<OpenFile>> HostFile::accept(int flags) {
  HostFd connection = TRY(host_.accept(fd_.get(), flags));
  return std::shared_ptr<OpenFile>(stream(host_, std::move(connection)));
}

Result<size_t> HostFile::receive(msghdr* message, int flags) {
  return host_.recvmsg(fd_.get(), message, flags);
}

Result<size_t> HostFile::send(const msghdr& message, int flags) {
  return host_.sendmsg(fd_.get(), message, flags);
}

Result<void> HostFile::shutdown(int how) { return host_.shutdown(fd_.get(), how); }

}  // namespace linden::microvisor
