// Files that exist only in a guest's view: /dev, /proc, and directories that lead to mount points.
//
// A node is to them what an inode is to a file of the host. Nodes belong to the view and not to a
// cage: what a node shows depends on the cage that looks, which is why they are given it. An open
// file may outlive the cage that opened it, so it takes from it what it needs when it is opened.
//
// Errors: those that Linux gives for such a file on a read-only file system.
// Thread-safety: nodes don't change once their view is built; all const functions may be called
// concurrently.
#pragma once

#include <sys/stat.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "microvisor/directory_listing.h"
#include "microvisor/host.h"
#include "microvisor/mutex.h"
#include "microvisor/open_file.h"
#include "microvisor/result.h"

namespace linden::microvisor {

class Cage;
class Mount;

// st_dev of everything virtual: a number that Linux gives to no device.
inline constexpr uint64_t kVirtualDevice = 0xfff00;

class VirtualNode : public std::enable_shared_from_this<VirtualNode> {
 public:
  // `mode` is type and permissions.
  explicit VirtualNode(uint32_t mode);
  virtual ~VirtualNode() = default;
  VirtualNode(const VirtualNode&) = delete;

  uint64_t inode() const { return inode_; }
  bool is_directory() const { return S_ISDIR(mode_); }
  bool is_symlink() const { return S_ISLNK(mode_); }
  uint8_t entry_type() const { return static_cast<uint8_t>(mode_ >> 12); }

  virtual Result<struct stat> stat(Host& host) const;
  // `flags` as for open(2), without O_PATH and O_DIRECTORY, for anything but a directory or link.
  virtual Result<std::shared_ptr<OpenFile>> open(Cage&, int /*flags*/) const {
    return Error{ENXIO};
  }

  // Directories. Null if there is no such name.
  virtual std::shared_ptr<const VirtualNode> child(Cage&, std::string_view) const {
    return nullptr;
  }
  virtual void list(Cage&, DirectoryListing&) const {}
  // As child(), but only entries that are the same for every cage.
  virtual std::shared_ptr<const VirtualNode> fixed_child(std::string_view) const { return nullptr; }

  // Symbolic links: the text, and, for links that lead to an open file whatever their text says
  // (/proc/self/fd), that file; null for ordinary ones.
  virtual Result<std::string> target(Cage&) const { return Error{EINVAL}; }
  virtual Result<std::shared_ptr<OpenFile>> leads_to(Cage&) const {
    return std::shared_ptr<OpenFile>();
  }

 private:
  const uint32_t mode_;
  const uint64_t inode_;
};

class VirtualDirectory : public VirtualNode {
 public:
  VirtualDirectory() : VirtualNode(S_IFDIR | 0555) {}
  // Only while the view is being built. Returns `node`.
  template <typename Node>
  std::shared_ptr<Node> add(std::string name, std::shared_ptr<Node> node) {
    children_.insert_or_assign(std::move(name), node);
    return node;
  }

  std::shared_ptr<const VirtualNode> child(Cage&, std::string_view name) const override;
  void list(Cage&, DirectoryListing& listing) const override;
  std::shared_ptr<const VirtualNode> fixed_child(std::string_view name) const override;

 private:
  std::map<std::string, std::shared_ptr<const VirtualNode>, std::less<>> children_;
};

class VirtualSymlink final : public VirtualNode {
 public:
  using Target = std::function<Result<std::string>(Cage&)>;
  explicit VirtualSymlink(Target target)
      : VirtualNode(S_IFLNK | 0777), target_(std::move(target)) {}
  explicit VirtualSymlink(std::string target)
      : VirtualSymlink(
            [target = std::move(target)](Cage&) -> Result<std::string> { return target; }) {}

  Result<std::string> target(Cage& cage) const override { return target_(cage); }

 private:
  const Target target_;
};

// A read-only file whose text is made when it is opened.
class VirtualText final : public VirtualNode {
 public:
  using Generator = std::function<Result<std::string>(Cage&)>;
  explicit VirtualText(Generator generator, uint32_t permissions = 0444)
      : VirtualNode(S_IFREG | permissions), generator_(std::move(generator)) {}

  Result<std::shared_ptr<OpenFile>> open(Cage& cage, int flags) const override;

 private:
  const Generator generator_;
};

// What open virtual files have in common: they lie in a file system that can't be changed.
class OpenVirtualFile : public OpenFile {
 public:
  // `flags` as for open(2), without those that only opening looks at.
  OpenVirtualFile(Host& host, std::shared_ptr<const VirtualNode> node, int flags)
      : host_(host), node_(std::move(node)), flags_(flags) {}

  Result<struct stat> stat() override { return node_->stat(host_); }
  Result<struct statfs> statfs() override;
  Result<void> change_mode(uint32_t) override { return Error{EROFS}; }
  Result<void> change_owner(uid_t, gid_t) override { return Error{EROFS}; }
  Result<void> set_times(std::span<const timespec, 2>) override { return Error{EROFS}; }
  Result<int> status_flags() override { return flags_; }
  Result<void> set_status_flags(int) override { return {}; }
  bool is_path_only() const override;
  bool read_only() const override { return true; }

  const std::shared_ptr<const VirtualNode>& node() const { return node_; }

 private:
  Host& host_;
  const std::shared_ptr<const VirtualNode> node_;
  const int flags_;
};

// An open directory of a view. `path` is where it lies beneath its mount. The entries are those of
// the moment when it was opened, or when the process that opened it went back to the start last
// (rewinddir(3)).
class OpenVirtualDirectory final : public OpenVirtualFile {
 public:
  OpenVirtualDirectory(Cage& cage, std::shared_ptr<const VirtualNode> node,
                       std::shared_ptr<const Mount> mount, std::string path, int flags);

  Result<int64_t> seek(int64_t offset, int whence) override;
  Result<size_t> readv(std::span<const iovec>) override {
    return Error{is_path_only() ? EBADF : EISDIR};
  }
  Result<size_t> read_entries(std::span<std::byte> to) override;
  Result<size_t> read_entries_at(int64_t position, std::span<std::byte> to) override;
  const Mount* mount() const override { return mount_.get(); }
  const OpenVirtualDirectory* as_virtual_directory() const override { return this; }

  const std::string& path() const { return path_; }

 private:
  std::shared_ptr<const DirectoryListing> make_listing(Cage& cage) const;
  std::shared_ptr<const DirectoryListing> listing() const;

  const std::shared_ptr<const Mount> mount_;
  const std::string path_;
  const int opener_;  // a cage's id
  mutable Mutex listing_mutex_;
  std::shared_ptr<const DirectoryListing> listing_ ABSL_GUARDED_BY(listing_mutex_);
  ListingCursor cursor_;
};

// What O_PATH makes of a virtual file that isn't a directory: it can be looked at, not used.
std::shared_ptr<OpenFile> open_virtual_path(Host& host, std::shared_ptr<const VirtualNode> node,
                                            int flags);

}  // namespace linden::microvisor
