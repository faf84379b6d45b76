#include "microvisor/open_beneath.h"

#include <fcntl.h>

#include <array>

namespace linden::microvisor {
namespace {

// openat2 gives up with EAGAIN if anything at all is renamed or mounted while it looks at `..`. A
// guest that renames in a loop can only slow itself down this many times.
constexpr int kResolveAttempts = 128;

}  // namespace

Result<HostFd> open_beneath(Host& host, int directory, const std::string& path, uint64_t flags,
                            uint64_t mode, uint64_t resolve) {
  bool creates = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
  OpenHow how{.flags = flags | O_NOCTTY, .mode = creates ? mode : 0, .resolve = resolve};
  // O_PATH takes hardly any other flag.
  if (flags & O_PATH) {
    how.flags = flags & (O_PATH | O_DIRECTORY | O_NOFOLLOW);
    how.mode = 0;
  }
  for (int attempt = 0; attempt < kResolveAttempts; ++attempt) {
    Result<HostFd> fd = host.openat2(directory, path.c_str(), how);
    if (fd.code() != EAGAIN) return fd;
  }
  return Error{EAGAIN};
}

bool changes_files(uint64_t flags) {
  bool creates = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
  return !(flags & O_PATH) && (creates || (flags & O_TRUNC) || (flags & O_ACCMODE) != O_RDONLY);
}

Result<HostFd> open_in_mount(Host& host, const Mount& mount, int directory, const std::string& path,
                             uint64_t flags, uint64_t mode, uint64_t resolve) {
  if (!mount.read_only() || !changes_files(flags)) {
    return open_beneath(host, directory, path, flags, mode, resolve);
  }
  uint64_t look = O_PATH | (flags & (O_NOFOLLOW | O_DIRECTORY));
  bool makes = flags & O_CREAT;
  if (makes && flags & O_EXCL) look |= O_NOFOLLOW;
  Result<HostFd> present = open_beneath(host, directory, path, look, 0, resolve);
  if (present.code() == ENOENT && makes) return Error{EROFS};
  HostFd found = TRY(std::move(present));
  if (makes && flags & O_EXCL) return Error{EEXIST};
  struct stat status = TRY(host.fstat(found.get()));
  if (S_ISLNK(status.st_mode)) return Error{ELOOP};
  bool only_opens = (flags & O_ACCMODE) == O_RDONLY && !(flags & O_TRUNC) && makes;
  if (S_ISDIR(status.st_mode) && (flags & O_TMPFILE) != O_TMPFILE) return Error{EISDIR};
  if (!only_opens) return Error{EROFS};
  return open_beneath(host, directory, path, flags & ~uint64_t{O_CREAT}, 0, resolve);
}

Result<std::string> read_link(Host& host, int fd) {
  std::array<std::byte, PATH_MAX> text;
  Result<size_t> length = host.readlink(fd, text);
  // readlinkat with an empty path says ENOENT for what isn't a link.
  if (length.code() == ENOENT) return Error{EINVAL};
  return std::string(reinterpret_cast<const char*>(text.data()), TRY(std::move(length)));
}

Result<std::string> recorded_path(Host& host, const Mount& mount, int fd) {
  std::string root = TRY(host.descriptor_path(TRY(mount.root()->directory())));
  std::string path = TRY(host.descriptor_path(fd));
  if (root == "/") root.clear();
  if (!path.starts_with(root)) return Error{ENOENT};
  path.erase(0, root.size());
  if (path.empty()) return path;
  if (path.front() != '/') return Error{ENOENT};
  path.erase(0, 1);
  return path;
}

Result<std::string> path_in_mount(Host& host, const Mount& mount, int fd) {
  int root = TRY(mount.root()->directory());
  FileIdentity wanted = FileIdentity::of(TRY(host.fstat(fd)));
  for (int attempt = 0; attempt < kLookupAttempts; ++attempt) {
    Result<std::string> path = recorded_path(host, mount, fd);
    if (path.code() == ENOENT) continue;
    if (!path.ok()) return path;
    Result<HostFd> found =
        open_beneath(host, root, path->empty() ? "." : *path, O_PATH | O_NOFOLLOW, 0, kNoLinks);
    if (!found.ok() && !is_name_changed(found.error())) return found.error();
    if (found.ok() && FileIdentity::of(TRY(host.fstat(found->get()))) == wanted) return path;
  }
  return Error{ENOENT};
}

bool is_name_changed(Error error) {
  return error.code == ENOENT || error.code == ENOTDIR || error.code == ELOOP;
}

}  // namespace linden::microvisor
