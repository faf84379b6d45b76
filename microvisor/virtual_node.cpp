#include "microvisor/virtual_node.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "microvisor/cage.h"
#include "microvisor/mount_namespace.h"

namespace linden::microvisor {

namespace {

uint64_t next_inode() {
  static std::atomic<uint64_t> last = 0;
  return ++last;
}

// A text that was made when the file was opened.
class OpenText final : public OpenVirtualFile {
 public:
  OpenText(Host& host, std::shared_ptr<const VirtualNode> node, std::string text, int flags)
      : OpenVirtualFile(host, std::move(node), flags), text_(std::move(text)) {}

  Result<size_t> readv(std::span<const iovec> to) override {
    MutexLock lock(&offset_mutex_);
    size_t count = TRY(preadv(to, offset_));
    offset_ += static_cast<int64_t>(count);
    return count;
  }
  Result<size_t> writev(std::span<const iovec>) override { return Error{EBADF}; }
  Result<size_t> preadv(std::span<const iovec> to, int64_t offset) override {
    size_t position = std::min<uint64_t>(static_cast<uint64_t>(offset), text_.size());
    size_t start = position;
    for (const iovec& vector : to) {
      size_t count = std::min(vector.iov_len, text_.size() - position);
      if (count == 0) continue;
      TRY(copy_to_guest(vector.iov_base, text_.data() + position, count));
      position += count;
    }
    return position - start;
  }
  Result<size_t> pwritev(std::span<const iovec>, int64_t) override { return Error{EBADF}; }
  Result<int64_t> seek(int64_t offset, int whence) override {
    MutexLock lock(&offset_mutex_);
    if (whence != SEEK_SET && whence != SEEK_CUR && whence != SEEK_END) return Error{EINVAL};
    int64_t base = 0;
    if (whence == SEEK_CUR) base = offset_;
    if (whence == SEEK_END) base = static_cast<int64_t>(text_.size());
    if (__builtin_add_overflow(base, offset, &offset) || offset < 0) return Error{EINVAL};
    return offset_ = offset;
  }

 private:
  const std::string text_;
  Mutex offset_mutex_;
  int64_t offset_ ABSL_GUARDED_BY(offset_mutex_) = 0;
};

class OpenVirtualPath final : public OpenVirtualFile {
 public:
  using OpenVirtualFile::OpenVirtualFile;

  Result<size_t> readv(std::span<const iovec>) override { return Error{EBADF}; }
  Result<size_t> writev(std::span<const iovec>) override { return Error{EBADF}; }
  Result<size_t> preadv(std::span<const iovec>, int64_t) override { return Error{EBADF}; }
  Result<size_t> pwritev(std::span<const iovec>, int64_t) override { return Error{EBADF}; }
  Result<int64_t> seek(int64_t, int) override { return Error{EBADF}; }
  Result<void> truncate(int64_t) override { return Error{EROFS}; }
  Result<void> set_status_flags(int) override { return Error{EBADF}; }
};

}  // namespace

VirtualNode::VirtualNode(uint32_t mode) : mode_(mode), inode_(next_inode()) {}

Result<struct stat> VirtualNode::stat(Host&) const {
  struct stat status{};
  status.st_dev = kVirtualDevice;
  status.st_ino = inode_;
  status.st_mode = mode_;
  status.st_nlink = is_directory() ? 2 : 1;
  status.st_blksize = 4096;
  return status;
}

std::shared_ptr<const VirtualNode> VirtualDirectory::fixed_child(std::string_view name) const {
  auto found = children_.find(name);
  return found == children_.end() ? nullptr : found->second;
}

std::shared_ptr<const VirtualNode> VirtualDirectory::child(Cage&, std::string_view name) const {
  return fixed_child(name);
}

void VirtualDirectory::list(Cage&, DirectoryListing& listing) const {
  for (const auto& [name, node] : children_) listing.add(node->inode(), node->entry_type(), name);
}

Result<std::shared_ptr<OpenFile>> VirtualText::open(Cage& cage, int flags) const {
  if ((flags & O_ACCMODE) != O_RDONLY || flags & O_TRUNC) return Error{EACCES};
  return std::shared_ptr<OpenFile>(std::make_shared<OpenText>(
      cage.host(), shared_from_this(), TRY(generator_(cage)), flags & ~(O_CLOEXEC | O_CREAT)));
}

bool OpenVirtualFile::is_path_only() const { return (flags_ & O_PATH) != 0; }

Result<struct statfs> OpenVirtualFile::statfs() {
  struct statfs status{};
  status.f_type = TMPFS_MAGIC;
  status.f_bsize = 4096;
  status.f_frsize = 4096;
  status.f_namelen = NAME_MAX;
  status.f_flags = ST_RDONLY;
  return status;
}

OpenVirtualDirectory::OpenVirtualDirectory(Cage& cage, std::shared_ptr<const VirtualNode> node,
                                           std::shared_ptr<const Mount> mount, std::string path,
                                           int flags)
    : OpenVirtualFile(cage.host(), std::move(node), flags),
      mount_(std::move(mount)),
      path_(std::move(path)),
      opener_(cage.id()) {
  if (!is_path_only()) listing_ = make_listing(cage);
}

std::shared_ptr<const DirectoryListing> OpenVirtualDirectory::make_listing(Cage& cage) const {
  auto listing = std::make_shared<DirectoryListing>();
  const VirtualNode& directory = *node();
  listing->add(directory.inode(), DT_DIR, ".");
  listing->add(directory.inode(), DT_DIR, "..");
  directory.list(cage, *listing);
  mount_->list_missing(FileIdentity::of(directory), *listing);
  return listing;
}

std::shared_ptr<const DirectoryListing> OpenVirtualDirectory::listing() const {
  MutexLock lock(&listing_mutex_);
  return listing_;
}

Result<int64_t> OpenVirtualDirectory::seek(int64_t offset, int whence) {
  if (is_path_only()) return Error{EBADF};
  const int64_t position = TRY(cursor_.seek(offset, whence));
  Thread* caller = current_thread();
  if (position == 0 && caller != nullptr && caller->cage().id() == opener_) {
    std::shared_ptr<const DirectoryListing> fresh = make_listing(caller->cage());
    MutexLock lock(&listing_mutex_);
    listing_.swap(fresh);
  }
  return position;
}

Result<size_t> OpenVirtualDirectory::read_entries_at(int64_t position, std::span<std::byte> to) {
  if (is_path_only()) return Error{EBADF};
  return cursor_.read_at(*listing(), position, to);
}

Result<size_t> OpenVirtualDirectory::read_entries(std::span<std::byte> to) {
  if (is_path_only()) return Error{EBADF};
  return cursor_.read(*listing(), to);
}

std::shared_ptr<OpenFile> open_virtual_path(Host& host, std::shared_ptr<const VirtualNode> node,
                                            int flags) {
  return std::make_shared<OpenVirtualPath>(host, std::move(node), flags);
}

}  // namespace linden::microvisor
