#include "microvisor/path_operations.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>

#include <algorithm>
#include <cstring>

#include "microvisor/cage.h"
#include "microvisor/host_file.h"

namespace linden::microvisor {

namespace {

// Preview 1 refuses changes beneath a read-only grant before it looks at the path.
Result<void> require_writable_island(const Location& location) {
  if (!location.cage && location.base->read_only()) return Error{EROFS};
  return {};
}

// A host descriptor that is as good as the file for looking at it, or for changing its metadata.
// Virtual files have none: EROFS to change them, as for all of a read-only file system.
Result<HostFd> open_path_to_change(Host& host, const Location& location, Symlinks symlinks) {
  TRY(require_writable_island(location));
  Target target = TRY(open_path(host, location, symlinks));
  if (target.file) return Error{EPERM};
  if (target.read_only) return Error{EROFS};
  return std::move(target.fd);
}

enum class Create { Directory, Other };

// EEXIST if the name is there, ENOENT if it has a slash that only a directory may have.
Result<void> require_absent(Host& host, const Parent& parent, Create what) {
  if (parent.exists_virtually || !parent.is_name()) return Error{EEXIST};
  if (parent.directory >= 0) {
    OpenHow how{.flags = O_PATH | O_NOFOLLOW};
    std::string name = parent.leaf.substr(0, parent.leaf.size() - parent.has_slash());
    Result<HostFd> present = host.openat2(parent.directory, name.c_str(), how);
    if (present.ok()) return Error{EEXIST};
    if (present.code() != ENOENT) return present.error();
  }
  if (what == Create::Other && parent.has_slash()) return Error{ENOENT};
  return {};
}

// For the calls that make a name.
Result<Parent> open_parent_to_create(Host& host, const Location& location, Create what) {
  TRY(require_writable_island(location));
  Parent parent = TRY(open_parent(host, location));
  if (parent.exists_virtually) return Error{EEXIST};
  if (!parent.read_only) return parent;
  // Linux finds out first whether the name exists: `mkdir -p` depends on it.
  TRY(require_absent(host, parent, what));
  return Error{EROFS};
}

// Whether the name that `parent` stands for may be moved or replaced.
Result<void> require_movable(const Parent& parent) {
  if (!parent.is_name()) return Error{EBUSY};
  if (parent.read_only) return Error{EROFS};
  if (parent.pinned) return Error{EBUSY};
  return {};
}

// Whether it may be removed. The kernel too asks in this order.
Result<void> require_removable(const Parent& parent, Remove what) {
  if (!parent.is_name()) {
    if (what == Remove::File) return Error{EISDIR};
    if (parent.pinned) return Error{EBUSY};
    return Error{parent.leaf.starts_with("..") ? ENOTEMPTY : EINVAL};
  }
  if (parent.read_only) return Error{EROFS};
  // Every pinned name is a directory.
  if (parent.pinned) return Error{what == Remove::File ? EISDIR : EBUSY};
  return {};
}

// A second descriptor of an open file, as /proc/self/fd gives: the same open file, not a new one,
// so that nobody gets more access to it than it was opened with.
Result<std::shared_ptr<OpenFile>> reopen(std::shared_ptr<OpenFile> file, int flags) {
  if (flags & O_DIRECTORY && !S_ISDIR(TRY(file->stat()).st_mode)) return Error{ENOTDIR};
  if (flags & O_PATH) return file;
  int present = TRY(file->status_flags());
  int has = present & O_ACCMODE, wants = flags & O_ACCMODE;
  if (present & O_PATH || (has != O_RDWR && has != wants)) return Error{EACCES};
  return file;
}

Result<std::shared_ptr<OpenFile>> open_virtual(Cage& cage, Target& target, int flags) {
  const VirtualNode& node = *target.node;
  bool changes = flags & (O_CREAT | O_TRUNC) || (flags & O_ACCMODE) != O_RDONLY;
  int kept = flags & ~(O_CLOEXEC | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_NOFOLLOW);
  if (node.is_directory()) {
    if ((flags & O_TMPFILE) == O_TMPFILE) return Error{EROFS};
    if (changes && !(flags & O_PATH)) return Error{EISDIR};
    return std::shared_ptr<OpenFile>(std::make_shared<OpenVirtualDirectory>(
        cage, std::move(target.node), target.mount->share(), std::move(target.path), kept));
  }
  if (flags & O_PATH) return open_virtual_path(cage.host(), std::move(target.node), kept);
  if (node.is_symlink()) return Error{ELOOP};
  return node.open(cage, flags);
}

}  // namespace

Result<Target> open_path(Host& host, const Location& location, Symlinks symlinks) {
  uint64_t nofollow = symlinks == Symlinks::DontFollow ? O_NOFOLLOW : 0;
  return open_target(host, location, O_PATH | nofollow, 0);
}

Result<std::shared_ptr<OpenFile>> open_at(Host& host, const Location& location, int flags,
                                          uint32_t mode) {
  Target target = TRY(open_target(host, location, static_cast<uint32_t>(flags), mode & 01777));
  if (target.file) return reopen(std::move(target.file), flags);
  if (target.node) return open_virtual(*location.cage, target, flags);
  bool path_only = (flags & O_PATH) != 0;
  if (target.mount) {
    return std::shared_ptr<OpenFile>(
        HostFile::opened(host, std::move(target.fd), *target.mount, path_only));
  }
  return std::shared_ptr<OpenFile>(
      HostFile::opened(host, std::move(target.fd), target.read_only, path_only));
}

Result<struct stat> stat_at(Host& host, const Location& location, Symlinks symlinks) {
  Target target = TRY(open_path(host, location, symlinks));
  if (target.file) return target.file->stat();
  if (target.node) return target.node->stat(host);
  return host.fstat(target.fd.get());
}

Result<void> set_times_at(Host& host, const Location& location, Symlinks symlinks,
                          std::span<const timespec, 2> times) {
  HostFd fd = TRY(open_path_to_change(host, location, symlinks));
  return host.set_times(fd.get(), times);
}

Result<size_t> read_link_at(Host& host, const Location& location, std::span<std::byte> to) {
  Target target = TRY(open_path(host, location, Symlinks::DontFollow));
  if (target.file) return Error{EINVAL};
  if (target.node) {
    std::string text = TRY(target.node->target(*location.cage));
    size_t count = std::min(text.size(), to.size());
    std::memcpy(to.data(), text.data(), count);
    return count;
  }
  Result<size_t> length = host.readlink(target.fd.get(), to);
  // readlinkat with an empty path says ENOENT for what isn't a link; with a path, EINVAL.
  if (length.code() == ENOENT) return Error{EINVAL};
  return length;
}

Result<void> make_directory_at(Host& host, const Location& location, uint32_t mode) {
  Parent parent = TRY(open_parent_to_create(host, location, Create::Directory));
  return host.mkdirat(parent.directory, parent.leaf.c_str(), mode & 01777);
}

Result<void> make_node_at(Host& host, const Location& location, uint32_t mode) {
  uint32_t type = mode & S_IFMT;
  if (type == 0) type = S_IFREG;
  bool known = type == S_IFDIR || type == S_IFCHR || type == S_IFBLK || type == S_IFSOCK;
  if (type != S_IFREG && type != S_IFIFO) return Error{known ? EPERM : EINVAL};
  Parent parent = TRY(open_parent_to_create(host, location, Create::Other));
  return host.mknodat(parent.directory, parent.leaf.c_str(), type | (mode & 01777));
}

Result<void> remove_at(Host& host, const Location& location, Remove what) {
  TRY(require_writable_island(location));
  Parent parent = TRY(open_parent(host, location));
  TRY(require_removable(parent, what));
  int flags = what == Remove::Directory ? AT_REMOVEDIR : 0;
  return host.unlinkat(parent.directory, parent.leaf.c_str(), flags);
}

Result<void> rename_at(Host& host, const Location& from, const Location& to, uint32_t flags) {
  // RENAME_WHITEOUT would make a device node.
  if (flags & ~uint32_t{RENAME_NOREPLACE | RENAME_EXCHANGE}) return Error{EINVAL};
  TRY(require_writable_island(from));
  TRY(require_writable_island(to));
  Parent old_parent = TRY(open_parent(host, from));
  Parent new_parent = TRY(open_parent(host, to));
  if (old_parent.mount != new_parent.mount) return Error{EXDEV};
  TRY(require_movable(old_parent));
  TRY(require_movable(new_parent));
  return host.renameat2(old_parent.directory, old_parent.leaf.c_str(), new_parent.directory,
                        new_parent.leaf.c_str(), flags);
}

Result<void> link_at(Host& host, const Location& from, Symlinks symlinks, const Location& to) {
  TRY(require_writable_island(from));
  TRY(require_writable_island(to));
  Parent source = TRY(open_parent(host, from));
  bool plain = source.is_name() && !source.has_slash();
  if (symlinks == Symlinks::DontFollow && plain && !source.pinned) {
    Result<Parent> destination = open_parent_to_create(host, to, Create::Other);
    if (!destination.ok() || destination->mount != source.mount) {
      // It won't be linked. A missing source is the first reason for it.
      TRY(open_path(host, from, Symlinks::DontFollow));
      Parent parent = TRY(std::move(destination));
      TRY(require_absent(host, parent, Create::Other));
      return Error{EXDEV};
    }
    return host.linkat(source.directory, source.leaf.c_str(), destination->directory,
                       destination->leaf.c_str());
  }
  // The kernel would follow the source (a trailing slash makes it do so as well) to wherever it
  // points. So the path is resolved first, and the opened file is linked.
  uint64_t directory = plain ? 0 : O_DIRECTORY;
  Target target = TRY(open_target(host, from, O_PATH | directory, 0));
  Parent destination = TRY(open_parent_to_create(host, to, Create::Other));
  // /proc/self/fd/N is how a file that was opened with O_TMPFILE gets a name.
  const Mount* mount = target.file ? target.file->mount() : target.mount;
  if (mount != destination.mount) {
    TRY(require_absent(host, destination, Create::Other));
    return Error{EXDEV};
  }
  const int source_fd = target.file ? TRY(target.file->host_descriptor()) : target.fd.get();
  return host.link_descriptor(source_fd, destination.directory, destination.leaf.c_str());
}

Result<void> make_symlink_at(Host& host, const std::string& target, const Location& location) {
  if (target.empty()) return Error{ENOENT};
  Parent parent = TRY(open_parent_to_create(host, location, Create::Other));
  return host.symlinkat(target.c_str(), parent.directory, parent.leaf.c_str());
}

}  // namespace linden::microvisor
