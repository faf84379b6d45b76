// Opening files, and making, listing and removing names.

#include <fcntl.h>
#include <linux/openat2.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

// What open(2) makes of its flags: it ignores those that it doesn't know, where openat2 would
// refuse them. O_ASYNC is left out: it would send host signals to the whole process.
constexpr int kOpenFlags = O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_APPEND | O_NONBLOCK | O_SYNC |
                           O_DSYNC | O_DIRECT | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_TMPFILE |
                           O_PATH;

SyscallResult open_location(Cage& cage, const Location& location, int flags, uint32_t mode) {
  if (flags & (O_CREAT | O_TRUNC)) TRY(cage.fds().require_room());
  auto file = TRY(open_at(cage.host(), location, flags & kOpenFlags, created_mode(cage, mode)));
  return publish(cage, std::move(file), flags);
}

// linux_dirent64 records to linux_dirent in place. A record has the same length in both forms: the
// old one has its type in the last byte instead of before the name.
void to_old_entries(std::span<std::byte> records) {
  while (records.size() >= sizeof(DirectoryEntryHeader)) {
    DirectoryEntryHeader header;
    std::memcpy(&header, records.data(), sizeof(header));
    size_t name = offsetof(DirectoryEntryHeader, type);
    size_t length = header.record_length - sizeof(header);
    std::memmove(&records[name], &records[name + 1], length);
    records[header.record_length - 1] = std::byte{header.type};
    records = records.subspan(header.record_length);
  }
}

}  // namespace

SyscallResult sys_openat(Cage& cage, int directory, Path path, int flags, uint32_t mode) {
  return open_location(cage, TRY(locate(cage, directory, path)), flags, mode);
}

SyscallResult sys_open(Cage& cage, Path path, int flags, uint32_t mode) {
  return sys_openat(cage, AT_FDCWD, path, flags, mode);
}

SyscallResult sys_creat(Cage& cage, Path path, uint32_t mode) {
  return sys_openat(cage, AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

SyscallResult sys_openat2(Cage& cage, int directory, Path path, GuestPtr<GuestOpenHow> how,
                          uint32_t size) {
  if (size < sizeof(GuestOpenHow)) return Error{EINVAL};
  if (size > 4096) return Error{E2BIG};
  std::vector<std::byte> bytes(size);
  TRY(cage.memory().copy_in(std::span(bytes), how.cast<std::byte>()));
  GuestOpenHow request;
  std::memcpy(&request, bytes.data(), sizeof(request));
  bool extended = std::any_of(bytes.begin() + sizeof(request), bytes.end(),
                              [](std::byte byte) { return byte != std::byte{0}; });
  if (extended) return Error{E2BIG};
  if (request.flags & ~static_cast<uint64_t>(kOpenFlags | O_CLOEXEC | O_NOCTTY)) {
    return Error{EINVAL};
  }
  bool creates = request.flags & O_CREAT || (request.flags & O_TMPFILE) == O_TMPFILE;
  if (request.mode & ~uint64_t{07777} || (request.mode != 0 && !creates)) return Error{EINVAL};
  // Every path is resolved with RESOLVE_NO_MAGICLINKS; the others would need a resolution of their
  // own. Callers have to expect a kernel without this call.
  if (request.resolve & ~uint64_t{RESOLVE_NO_MAGICLINKS | RESOLVE_CACHED | RESOLVE_NO_SYMLINKS |
                                  RESOLVE_BENEATH | RESOLVE_IN_ROOT | RESOLVE_NO_XDEV}) {
    return Error{EINVAL};
  }
  if (request.resolve & ~uint64_t{RESOLVE_NO_MAGICLINKS}) return Error{ENOSYS};
  return sys_openat(cage, directory, path, static_cast<int>(request.flags),
                    static_cast<uint32_t>(request.mode));
}

SyscallResult sys_getdents64(Cage& cage, int fd, Bytes buffer, uint32_t size) {
  auto file = TRY(usable_file(cage, fd));
  iovec vector = TRY(cage.memory().io_vector(GuestSpan<std::byte>{buffer, size}));
  std::span to(static_cast<std::byte*>(vector.iov_base), vector.iov_len);
  return to_value(file->read_entries(to));
}

SyscallResult sys_getdents(Cage& cage, int fd, Bytes buffer, uint32_t size) {
  auto file = TRY(usable_file(cage, fd));
  TRY(cage.memory().check(GuestSpan<std::byte>{buffer, size}));
  std::vector<std::byte> records(std::min<uint32_t>(size, 32768));
  size_t length = TRY(file->read_entries(records));
  std::span used(records.data(), length);
  to_old_entries(used);
  TRY(cage.memory().copy_out(buffer, used));
  return static_cast<int64_t>(length);
}

SyscallResult sys_mkdirat(Cage& cage, int directory, Path path, uint32_t mode) {
  Location location = TRY(locate(cage, directory, path));
  return to_zero(make_directory_at(cage.host(), location, created_mode(cage, mode)));
}

SyscallResult sys_mkdir(Cage& cage, Path path, uint32_t mode) {
  return sys_mkdirat(cage, AT_FDCWD, path, mode);
}

SyscallResult sys_mknodat(Cage& cage, int directory, Path path, uint32_t mode, uint32_t) {
  Location location = TRY(locate(cage, directory, path));
  uint32_t type = mode & S_IFMT;
  return to_zero(make_node_at(cage.host(), location, type | created_mode(cage, mode)));
}

SyscallResult sys_mknod(Cage& cage, Path path, uint32_t mode, uint32_t device) {
  return sys_mknodat(cage, AT_FDCWD, path, mode, device);
}

SyscallResult sys_unlinkat(Cage& cage, int directory, Path path, int flags) {
  if (flags & ~AT_REMOVEDIR) return Error{EINVAL};
  Remove what = flags & AT_REMOVEDIR ? Remove::Directory : Remove::File;
  return to_zero(remove_at(cage.host(), TRY(locate(cage, directory, path)), what));
}

SyscallResult sys_unlink(Cage& cage, Path path) { return sys_unlinkat(cage, AT_FDCWD, path, 0); }

SyscallResult sys_rmdir(Cage& cage, Path path) {
  return sys_unlinkat(cage, AT_FDCWD, path, AT_REMOVEDIR);
}

SyscallResult sys_rename(Cage& cage, Path from, Path to) {
  return sys_renameat2(cage, AT_FDCWD, from, AT_FDCWD, to, 0);
}

SyscallResult sys_renameat(Cage& cage, int from_directory, Path from, int to_directory, Path to) {
  return sys_renameat2(cage, from_directory, from, to_directory, to, 0);
}

SyscallResult sys_renameat2(Cage& cage, int from_directory, Path from, int to_directory, Path to,
                            uint32_t flags) {
  Location old_location = TRY(locate(cage, from_directory, from));
  Location new_location = TRY(locate(cage, to_directory, to));
  return to_zero(rename_at(cage.host(), old_location, new_location, flags));
}

SyscallResult sys_link(Cage& cage, Path from, Path to) {
  return sys_linkat(cage, AT_FDCWD, from, AT_FDCWD, to, 0);
}

SyscallResult sys_linkat(Cage& cage, int from_directory, Path from, int to_directory, Path to,
                         int flags) {
  if (flags & ~AT_SYMLINK_FOLLOW) return Error{EINVAL};
  Location old_location = TRY(locate(cage, from_directory, from));
  Location new_location = TRY(locate(cage, to_directory, to));
  Symlinks symlinks = flags & AT_SYMLINK_FOLLOW ? Symlinks::Follow : Symlinks::DontFollow;
  return to_zero(link_at(cage.host(), old_location, symlinks, new_location));
}

SyscallResult sys_symlink(Cage& cage, Path target, Path path) {
  return sys_symlinkat(cage, target, AT_FDCWD, path);
}

SyscallResult sys_symlinkat(Cage& cage, Path target, int directory, Path path) {
  std::string text = TRY(cage.memory().copy_string(target));
  return to_zero(make_symlink_at(cage.host(), text, TRY(locate(cage, directory, path))));
}

SyscallResult sys_readlink(Cage& cage, Path path, Bytes buffer, uint32_t size) {
  return sys_readlinkat(cage, AT_FDCWD, path, buffer, size);
}

namespace {

// A link that is open itself (O_PATH with O_NOFOLLOW); ENOENT for all other files.
Result<size_t> read_opened_link(Cage& cage, int fd, std::span<std::byte> to) {
  auto file = TRY(cage.fds().file(fd));
  Result<int> host_fd = file->host_descriptor();
  if (!host_fd.ok()) return Error{ENOENT};
  return cage.host().readlink(host_fd.value(), to);
}

}  // namespace

SyscallResult sys_readlinkat(Cage& cage, int directory, Path path, Bytes buffer, uint32_t size) {
  if (static_cast<int32_t>(size) <= 0) return Error{EINVAL};
  std::string name = TRY(cage.memory().copy_string(path));
  std::array<std::byte, PATH_MAX> target;
  std::span<std::byte> wanted = std::span(target).first(std::min<size_t>(size, target.size()));
  size_t length;
  if (name.empty() && directory != AT_FDCWD) {
    length = TRY(read_opened_link(cage, directory, wanted));
  } else {
    length = TRY(read_link_at(cage.host(), TRY(cage.locate(directory, name)), wanted));
  }
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
