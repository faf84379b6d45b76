// Opening files, and making, listing and removing names.

#include <fcntl.h>

#include <algorithm>
#include <array>

#include "microvisor/path_operations.h"
#include "microvisor/syscalls.h"

namespace linden::microvisor {

namespace {

Result<Location> locate(Cage& cage, int directory, Path path) {
  return cage.locate(directory, TRY(cage.memory().copy_string(path)));
}

}  // namespace

SyscallResult sys_openat(Cage& cage, int directory, Path path, int flags, uint32_t mode) {
  // open(2) ignores flags it doesn't know where openat2 would refuse them. O_ASYNC is left out:
  // it would send host signals to the whole process.
  constexpr int kKnown = O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_APPEND | O_NONBLOCK | O_SYNC |
                         O_DSYNC | O_DIRECT | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_TMPFILE |
                         O_PATH;
  Location location = TRY(locate(cage, directory, path));
  if (flags & (O_CREAT | O_TRUNC)) TRY(cage.fds().require_room());
  auto file = TRY(open_at(cage.host(), location, flags & kKnown, mode));
  return TRY(cage.fds().insert({std::move(file), (flags & O_CLOEXEC) != 0}));
}

SyscallResult sys_getdents64(Cage& cage, int fd, Bytes buffer, uint32_t size) {
  auto file = TRY(cage.fds().file(fd));
  iovec vector = TRY(cage.memory().io_vector(GuestSpan<std::byte>{buffer, size}));
  std::span to(static_cast<std::byte*>(vector.iov_base), vector.iov_len);
  return static_cast<int64_t>(TRY(file->read_entries(to)));
}

SyscallResult sys_mkdirat(Cage& cage, int directory, Path path, uint32_t mode) {
  TRY(make_directory_at(cage.host(), TRY(locate(cage, directory, path)), mode));
  return 0;
}

SyscallResult sys_unlinkat(Cage& cage, int directory, Path path, int flags) {
  if (flags & ~AT_REMOVEDIR) return Error{EINVAL};
  Remove what = flags & AT_REMOVEDIR ? Remove::Directory : Remove::File;
  TRY(remove_at(cage.host(), TRY(locate(cage, directory, path)), what));
  return 0;
}

SyscallResult sys_renameat(Cage& cage, int from_directory, Path from, int to_directory, Path to) {
  return sys_renameat2(cage, from_directory, from, to_directory, to, 0);
}

SyscallResult sys_renameat2(Cage& cage, int from_directory, Path from, int to_directory, Path to,
                            uint32_t flags) {
  Location old_location = TRY(locate(cage, from_directory, from));
  Location new_location = TRY(locate(cage, to_directory, to));
  TRY(rename_at(cage.host(), old_location, new_location, flags));
  return 0;
}

SyscallResult sys_linkat(Cage& cage, int from_directory, Path from, int to_directory, Path to,
                         int flags) {
  if (flags & ~AT_SYMLINK_FOLLOW) return Error{EINVAL};
  Location old_location = TRY(locate(cage, from_directory, from));
  Location new_location = TRY(locate(cage, to_directory, to));
  Symlinks symlinks = flags & AT_SYMLINK_FOLLOW ? Symlinks::Follow : Symlinks::DontFollow;
  TRY(link_at(cage.host(), old_location, symlinks, new_location));
  return 0;
}

SyscallResult sys_symlinkat(Cage& cage, Path target, int directory, Path path) {
  std::string text = TRY(cage.memory().copy_string(target));
  TRY(make_symlink_at(cage.host(), text, TRY(locate(cage, directory, path))));
  return 0;
}

SyscallResult sys_readlinkat(Cage& cage, int directory, Path path, Bytes buffer, uint32_t size) {
  if (static_cast<int32_t>(size) <= 0) return Error{EINVAL};
  Location location = TRY(locate(cage, directory, path));
  std::array<std::byte, PATH_MAX> target;
  size_t wanted = std::min<size_t>(size, target.size());
  size_t length = TRY(read_link_at(cage.host(), location, std::span(target).first(wanted)));
  TRY(cage.memory().copy_out(buffer, std::span(target).first(length)));
  return static_cast<int64_t>(length);
}

SyscallResult sys_getcwd(Cage& cage, Bytes buffer, uint32_t size) {
  std::string directory = TRY(cage.working_directory());
  size_t length = directory.size() + 1;
  if (length > size) return Error{ERANGE};
  TRY(cage.memory().copy_out(buffer, std::as_bytes(std::span(directory.c_str(), length))));
  return static_cast<int64_t>(length);
}

SyscallResult sys_chdir(Cage& cage, Path path) {
  TRY(cage.change_directory(TRY(cage.memory().copy_string(path))));
  return 0;
}

SyscallResult sys_fchdir(Cage& cage, int fd) {
  TRY(cage.change_directory(TRY(cage.fds().file(fd))));
  return 0;
}

// A cage has its root already, and no privileges in the tree to change it; Linux asks for
// CAP_SYS_CHROOT, but after it has looked at the path.
SyscallResult sys_chroot(Cage& cage, Path path) {
  Location location = TRY(locate(cage, AT_FDCWD, path));
  TRY(open_at(cage.host(), location, O_PATH | O_DIRECTORY, 0));
  return Error{EPERM};
}

}  // namespace linden::microvisor
