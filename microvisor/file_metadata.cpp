// Status, times and sizes of files.

#include <fcntl.h>

#include <array>

#include "microvisor/path_operations.h"
#include "microvisor/syscalls.h"

namespace linden::microvisor {

GuestStat to_guest(const struct stat& status) {
  return {
      .device = status.st_dev,
      .inode = status.st_ino,
      .links = status.st_nlink,
      .mode = status.st_mode,
      .user = status.st_uid,
      .group = status.st_gid,
      .padding = 0,
      .special_device = status.st_rdev,
      .size = status.st_size,
      .block_size = status.st_blksize,
      .blocks = status.st_blocks,
      .access_time = to_guest(status.st_atim),
      .modification_time = to_guest(status.st_mtim),
      .change_time = to_guest(status.st_ctim),
      .reserved = {},
  };
}

namespace {

Symlinks symlinks_for(int flags) {
  return flags & AT_SYMLINK_NOFOLLOW ? Symlinks::DontFollow : Symlinks::Follow;
}

}  // namespace

SyscallResult sys_fstat(Cage& cage, int fd, GuestPtr<GuestStat> to) {
  struct stat status = TRY(TRY(cage.fds().file(fd))->stat());
  TRY(cage.memory().write(to, to_guest(status)));
  return 0;
}

SyscallResult sys_newfstatat(Cage& cage, int directory, Path path, GuestPtr<GuestStat> to,
                             int flags) {
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH)) return Error{EINVAL};
  std::string name = TRY(cage.memory().copy_string(path));
  if (name.empty() && flags & AT_EMPTY_PATH) {
    if (directory != AT_FDCWD) return sys_fstat(cage, directory, to);
    name = ".";
  }
  Location location = TRY(cage.locate(directory, name));
  struct stat status = TRY(stat_at(cage.host(), location, symlinks_for(flags)));
  TRY(cage.memory().write(to, to_guest(status)));
  return 0;
}

SyscallResult sys_utimensat(Cage& cage, int directory, Path path, GuestPtr<GuestTimespec> times,
                            int flags) {
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) return Error{EINVAL};
  std::array<timespec, 2> host_times = {timespec{0, UTIME_NOW}, timespec{0, UTIME_NOW}};
  if (!times.is_null()) {
    std::array<GuestTimespec, 2> guest_times;
    TRY(cage.memory().copy_in(std::span(guest_times), times));
    host_times = {to_host(guest_times[0]), to_host(guest_times[1])};
  }
  std::string name;
  if (!path.is_null()) name = TRY(cage.memory().copy_string(path));
  if (path.is_null() || (name.empty() && flags & AT_EMPTY_PATH)) {
    // futimens()
    TRY(TRY(cage.fds().file(directory))->set_times(host_times));
    return 0;
  }
  Location location = TRY(cage.locate(directory, name));
  TRY(set_times_at(cage.host(), location, symlinks_for(flags), host_times));
  return 0;
}

SyscallResult sys_ftruncate(Cage& cage, int fd, int64_t size) {
  auto file = TRY(cage.fds().file(fd));
  if (size < 0) return Error{EINVAL};
  TRY(file->truncate(size));
  return 0;
}

SyscallResult sys_fallocate(Cage& cage, int fd, int mode, int64_t offset, int64_t length) {
  TRY(TRY(cage.fds().file(fd))->allocate(mode, offset, length));
  return 0;
}

}  // namespace linden::microvisor
