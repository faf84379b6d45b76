// The tree of a POSIX guest: "/" and what is mounted beneath it, host directories and virtual ones.
//
// A mount point is a name in a directory: either the text of a path leads there (the longest prefix
// wins, find()), or a walk arrives at it by way of links and `..` and recognises the directory by
// its identity (pin_at()). Both agree, because a name that is a mount point, or a real directory
// on the way to one, is *pinned*: the guest can neither remove nor rename it. (Linux pins the mount
// point alone, and lets the directories above it move.) What is mounted need not exist in the
// directory beneath; then listings of that directory show it in addition.
//
// Ownership: a namespace owns its mounts; open files share the namespace.
// Thread-safety: fixed once built, hence thread-safe. mount_*() are for one thread, before that.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "microvisor/directory_listing.h"
#include "microvisor/host.h"
#include "microvisor/open_file.h"
#include "microvisor/paths.h"
#include "microvisor/result.h"
#include "microvisor/virtual_node.h"

namespace linden::microvisor {

class MountNamespace;

// What makes two directories the same one.
struct FileIdentity {
  uint64_t device;
  uint64_t inode;

  static FileIdentity of(const struct stat& status) { return {status.st_dev, status.st_ino}; }
  static FileIdentity of(const VirtualNode& node) { return {kVirtualDevice, node.inode()}; }
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

class Mount {
 public:
  // A name in a directory of this mount.
  struct Pin {
    FileIdentity directory;
    std::string name;
    const Mount* mount;  // null: a directory on the way to a mount point
    bool exists;         // beneath, in this mount
  };

  // Null for the root of the tree.
  const Mount* parent() const { return parent_; }
  // Canonical and absolute; empty for the root of the tree.
  const std::string& path() const { return path_; }
  bool read_only() const { return read_only_; }
  // The host directory, as a base for openat2; null for a virtual mount.
  const std::shared_ptr<OpenFile>& root() const { return root_; }
  // The virtual directory; null for a mount of the host.
  const std::shared_ptr<const VirtualNode>& node() const { return node_; }
  // The directory of `parent()` in which the mount point lies: its path there ("" for the root),
  // and the host directory held open, or the virtual one.
  const std::string& above_path() const { return above_path_; }
  int above() const { return above_.get(); }
  const std::shared_ptr<const VirtualNode>& above_node() const { return above_node_; }

  bool has_pins() const { return !pins_.empty(); }
  // Whether a walk along `path` could meet a mount point; no if none has the name of a component.
  bool may_cross(std::string_view path) const;
  bool is_pin_name(std::string_view name) const;
  // Null if the name isn't pinned there.
  const Pin* pin_at(FileIdentity directory, std::string_view name) const;
  bool has_missing_mount_points() const;
  // Adds the mount points in `directory` that don't exist beneath.
  void list_missing(FileIdentity directory, DirectoryListing& listing) const;

  // Keeps the whole namespace.
  std::shared_ptr<const Mount> share() const;

 private:
  friend class MountNamespace;

  MountNamespace* names_ = nullptr;
  const Mount* parent_ = nullptr;
  std::string path_;
  bool read_only_ = false;
  std::shared_ptr<OpenFile> root_;
  std::shared_ptr<const VirtualNode> node_;
  std::string above_path_;
  HostFd above_;
  std::shared_ptr<const VirtualNode> above_node_;
  std::vector<Pin> pins_;
};

class MountNamespace : public std::enable_shared_from_this<MountNamespace> {
 public:
  // Begins with an empty, virtual "/". `host` outlives the namespace.
  static std::shared_ptr<MountNamespace> create(Host& host);

  // Mounts at a guest path, of which relative ones count from "/", on top of what may be mounted
  // there; directories on the way that don't exist become virtual ones. A mount on "/" hides all
  // the others. EINVAL for `..` in the path, ELOOP or ENOTDIR if a link or a file is on the way:
  // `*error_message` (may be null) tells the user.
  Result<void> mount_directory(std::string_view path, HostFd directory, bool read_only,
                               std::string* error_message);
  Result<void> mount_virtual(std::string_view path, std::shared_ptr<const VirtualNode> directory,
                             std::string* error_message);

  const Mount& root() const { return *root_; }

  // As /proc/self/mounts shows it to a guest (proc(5)): nothing of the host is in it.
  std::string describe() const;

  struct Found {
    const Mount* mount;
    std::string_view rest;  // relative to the mount's root; empty for the root itself
  };
  // The mount with the longest path that `absolute_path` begins with.
  Found find(std::string_view absolute_path) const;

 private:
  explicit MountNamespace(Host& host);

  // A directory of the tree, while a mount point is looked for.
  struct Cursor {
    Mount* mount;
    std::string path;  // beneath the mount
    HostFd opened;     // empty at the mount's root
    std::shared_ptr<const VirtualNode> node;
  };
  Result<FileIdentity> identity(const Cursor& cursor) const;
  Result<int> directory(const Cursor& cursor) const;
  Result<Mount*> attach(std::string_view path, std::string* error_message);
  Result<Mount*> find_or_make(std::string_view path);
  Result<Mount*> attach_at(Cursor& cursor, std::string_view name, bool exists);
  Result<bool> descend(Cursor& cursor, std::string_view name) const;

  Host& host_;
  std::vector<std::unique_ptr<Mount>> mounts_;
  Mount* root_;
};

}  // namespace linden::microvisor
