#include "microvisor/path_operations.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>

#include "microvisor/host_file.h"

namespace linden::microvisor {

namespace {

constexpr uint64_t kResolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;

// openat2 gives up with EAGAIN if anything at all is renamed or mounted while it looks at `..`. A
// guest that renames in a loop can only slow itself down this many times.
constexpr int kResolveAttempts = 128;

Result<HostFd> open_beneath(Host& host, OpenFile& base, const std::string& path, uint64_t flags,
                            uint64_t mode = 0) {
  int directory = TRY(base.directory());
  OpenHow how{.flags = flags | O_NOCTTY, .mode = mode, .resolve = kResolve};
  // O_PATH takes hardly any other flag.
  if (flags & O_PATH) how.flags = flags & (O_PATH | O_DIRECTORY | O_NOFOLLOW);
  for (int attempt = 0; attempt < kResolveAttempts; ++attempt) {
    Result<HostFd> fd = host.openat2(directory, path.c_str(), how);
    if (fd.ok()) return fd;
    // Beneath forbids no mount points, so EXDEV can only mean an escape.
    if (fd.code() == EXDEV) return Error{kErrnoNotCapable};
    if (fd.code() != EAGAIN) return fd;
  }
  return Error{EAGAIN};
}

Result<HostFd> open_path(Host& host, const Location& location, Symlinks symlinks) {
  uint64_t nofollow = symlinks == Symlinks::DontFollow ? O_NOFOLLOW : 0;
  return open_beneath(host, *location.base, location.path, O_PATH | nofollow);
}

// A name in a directory, for the calls that make or remove names. The leaf is one component; it may
// be "." or "..", which all of these calls refuse with the right errno without acting on it, and it
// keeps one trailing slash, which they take for "must be a directory" without following a link.
// (linkat's source is the exception, see link_at.)
struct Parent {
  HostFd opened;  // empty if the directory is the base itself
  int directory;
  std::string leaf;
};

Result<Parent> open_parent(Host& host, const Location& location) {
  std::string_view path = location.path;
  if (path.empty()) return Error{ENOENT};
  if (path.size() >= PATH_MAX) return Error{ENAMETOOLONG};
  if (path.front() == '/') return Error{kErrnoNotCapable};
  size_t leaf_end = path.find_last_not_of('/') + 1;
  size_t slash = path.find_last_of('/', leaf_end - 1);
  size_t leaf_start = slash == std::string_view::npos ? 0 : slash + 1;
  Parent parent;
  parent.leaf = path.substr(leaf_start, leaf_end - leaf_start);
  if (leaf_end != path.size()) parent.leaf += '/';
  if (leaf_start == 0) {
    parent.directory = TRY(location.base->directory());
    return parent;
  }
  parent.opened = TRY(open_beneath(host, *location.base, std::string(path.substr(0, leaf_start)),
                                   O_PATH | O_DIRECTORY));
  parent.directory = parent.opened.get();
  return parent;
}

Result<void> require_writable(const Location& location) {
  if (location.base->read_only()) return Error{EROFS};
  return {};
}

bool is_plain_name(const std::string& leaf) {
  return leaf.back() != '/' && leaf != "." && leaf != "..";
}

}  // namespace

Result<std::shared_ptr<OpenFile>> open_at(Host& host, const Location& location, int flags,
                                          uint32_t mode) {
  bool creates = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
  bool changes = creates || (flags & O_TRUNC) || (flags & O_ACCMODE) != O_RDONLY;
  bool read_only = location.base->read_only();
  if (read_only && changes && !(flags & O_PATH)) return Error{EROFS};
  HostFd fd = TRY(open_beneath(host, *location.base, location.path, static_cast<uint32_t>(flags),
                               creates && !(flags & O_PATH) ? mode & 01777 : 0));
  return std::shared_ptr<OpenFile>(
      HostFile::opened(host, std::move(fd), read_only, (flags & O_PATH) != 0));
}

Result<struct stat> stat_at(Host& host, const Location& location, Symlinks symlinks) {
  HostFd fd = TRY(open_path(host, location, symlinks));
  return host.fstat(fd.get());
}

Result<void> set_times_at(Host& host, const Location& location, Symlinks symlinks,
                          std::span<const timespec, 2> times) {
  TRY(require_writable(location));
  HostFd fd = TRY(open_path(host, location, symlinks));
  return host.set_times(fd.get(), times);
}

Result<size_t> read_link_at(Host& host, const Location& location, std::span<std::byte> to) {
  HostFd fd = TRY(open_path(host, location, Symlinks::DontFollow));
  Result<size_t> length = host.readlink(fd.get(), to);
  // readlinkat with an empty path says ENOENT for what isn't a link; with a path, EINVAL.
  if (length.code() == ENOENT) return Error{EINVAL};
  return length;
}

Result<void> make_directory_at(Host& host, const Location& location, uint32_t mode) {
  TRY(require_writable(location));
  Parent parent = TRY(open_parent(host, location));
  return host.mkdirat(parent.directory, parent.leaf.c_str(), mode & 01777);
}

Result<void> make_node_at(Host& host, const Location& location, uint32_t mode) {
  uint32_t type = mode & S_IFMT;
  if (type == 0) type = S_IFREG;
  bool known = type == S_IFDIR || type == S_IFCHR || type == S_IFBLK || type == S_IFSOCK;
  if (type != S_IFREG && type != S_IFIFO) return Error{known ? EPERM : EINVAL};
  TRY(require_writable(location));
  Parent parent = TRY(open_parent(host, location));
  return host.mknodat(parent.directory, parent.leaf.c_str(), type | (mode & 01777));
}

Result<void> remove_at(Host& host, const Location& location, Remove what) {
  TRY(require_writable(location));
  Parent parent = TRY(open_parent(host, location));
  int flags = what == Remove::Directory ? AT_REMOVEDIR : 0;
  return host.unlinkat(parent.directory, parent.leaf.c_str(), flags);
}

Result<void> rename_at(Host& host, const Location& from, const Location& to, uint32_t flags) {
  // RENAME_WHITEOUT would make a device node.
  if (flags & ~uint32_t{RENAME_NOREPLACE | RENAME_EXCHANGE}) return Error{EINVAL};
  TRY(require_writable(from));
  TRY(require_writable(to));
  Parent old_parent = TRY(open_parent(host, from));
  Parent new_parent = TRY(open_parent(host, to));
  return host.renameat2(old_parent.directory, old_parent.leaf.c_str(), new_parent.directory,
                        new_parent.leaf.c_str(), flags);
}

Result<void> link_at(Host& host, const Location& from, Symlinks symlinks, const Location& to) {
  TRY(require_writable(from));
  TRY(require_writable(to));
  Parent source = TRY(open_parent(host, from));
  bool plain = is_plain_name(source.leaf);
  if (symlinks == Symlinks::Follow || !plain) {
    // The kernel would follow the source (a trailing slash makes it do so as well) to wherever it
    // points. So what is beneath is opened first, and the opened file is linked.
    HostFd target =
        TRY(open_beneath(host, *from.base, from.path, O_PATH | (plain ? 0 : O_DIRECTORY)));
    Parent destination = TRY(open_parent(host, to));
    return host.link_descriptor(target.get(), destination.directory, destination.leaf.c_str());
  }
  Parent destination = TRY(open_parent(host, to));
  return host.linkat(source.directory, source.leaf.c_str(), destination.directory,
                     destination.leaf.c_str());
}

Result<void> make_symlink_at(Host& host, const std::string& target, const Location& location) {
  TRY(require_writable(location));
  if (target.empty()) return Error{ENOENT};
  Parent parent = TRY(open_parent(host, location));
  return host.symlinkat(target.c_str(), parent.directory, parent.leaf.c_str());
}

}  // namespace linden::microvisor
