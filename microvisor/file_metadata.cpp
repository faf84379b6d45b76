// Status, times, sizes, modes and owners of files.

#include <fcntl.h>

#include <array>

#include "microvisor/syscall_helpers.h"

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

GuestStatfs to_guest(const struct statfs& status) {
  return {
      .type = status.f_type,
      .block_size = status.f_bsize,
      .blocks = status.f_blocks,
      .free_blocks = status.f_bfree,
      .available_blocks = status.f_bavail,
      .files = status.f_files,
      .free_files = status.f_ffree,
      .id = {status.f_fsid.__val[0], status.f_fsid.__val[1]},
      .name_length = status.f_namelen,
      .fragment_size = status.f_frsize,
      .flags = status.f_flags,
      .reserved = {},
  };
}

namespace {

Symlinks symlinks_for(int flags) {
  return flags & AT_SYMLINK_NOFOLLOW ? Symlinks::DontFollow : Symlinks::Follow;
}

SyscallResult write_stat(Cage& cage, GuestPtr<GuestStat> to, const struct stat& status) {
  TRY(cage.memory().write(to, to_guest(status)));
  return 0;
}

SyscallResult stat_path(Cage& cage, Path path, GuestPtr<GuestStat> to, Symlinks symlinks) {
  Location location = TRY(locate(cage, AT_FDCWD, path));
  return write_stat(cage, to, TRY(stat_at(cage.host(), location, symlinks)));
}

constexpr std::array<timespec, 2> kNow = {timespec{0, UTIME_NOW}, timespec{0, UTIME_NOW}};

// The two timevals of utimes and futimesat. The system calls don't know UTIME_NOW and UTIME_OMIT.
Result<std::array<timespec, 2>> read_timevals(Cage& cage, GuestPtr<GuestTimeval> from) {
  if (from.is_null()) return kNow;
  std::array<GuestTimeval, 2> guest;
  TRY(cage.memory().copy_in(std::span(guest), from));
  std::array<timespec, 2> times;
  for (int i = 0; i < 2; ++i) {
    if (guest[i].microseconds < 0 || guest[i].microseconds >= 1000000) return Error{EINVAL};
    times[i] = {guest[i].seconds, guest[i].microseconds * 1000};
  }
  return times;
}

Result<void> set_times(Cage& cage, int directory, Path path, Symlinks symlinks, bool empty_path,
                       std::span<const timespec, 2> times) {
  // A null path: futimens(). Linux gives EFAULT for it with AT_FDCWD.
  if (path.is_null()) {
    if (directory == AT_FDCWD) return Error{EFAULT};
    return TRY(usable_file(cage, directory))->set_times(times);
  }
  return TRY(file_at(cage, directory, path, symlinks, empty_path))->set_times(times);
}

SyscallResult change_owner_at(Cage& cage, int directory, Path path, uint32_t user, uint32_t group,
                              Symlinks symlinks) {
  return to_zero(TRY(file_at(cage, directory, path, symlinks))->change_owner(user, group));
}

// What a file may be truncated to in this cage.
Result<void> check_size(Thread& thread, int64_t size) {
  if (size < 0) return Error{EINVAL};
  const uint64_t limit = thread.cage().attributes().file_size_limit();
  if (static_cast<uint64_t>(size) > limit) return size_limit_exceeded(thread);
  return {};
}

}  // namespace

SyscallResult sys_fstat(Cage& cage, int fd, GuestPtr<GuestStat> to) {
  return write_stat(cage, to, TRY(TRY(cage.fds().file(fd))->stat()));
}

SyscallResult sys_stat(Cage& cage, Path path, GuestPtr<GuestStat> to) {
  return stat_path(cage, path, to, Symlinks::Follow);
}

SyscallResult sys_lstat(Cage& cage, Path path, GuestPtr<GuestStat> to) {
  return stat_path(cage, path, to, Symlinks::DontFollow);
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
  return write_stat(cage, to, TRY(stat_at(cage.host(), location, symlinks_for(flags))));
}

SyscallResult sys_statx(Cage& cage, int directory, Path path, int flags, uint32_t mask,
                        GuestPtr<struct statx> to) {
  constexpr int kKnown = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE;
  if (flags & ~kKnown || mask & STATX__RESERVED) return Error{EINVAL};
  if ((flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE) return Error{EINVAL};
  auto file = TRY(file_at(cage, directory, path, symlinks_for(flags), flags & AT_EMPTY_PATH));
  TRY(cage.memory().write(to, TRY(file->statx(flags & AT_STATX_SYNC_TYPE, mask))));
  return 0;
}

SyscallResult sys_statfs(Cage& cage, Path path, GuestPtr<GuestStatfs> to) {
  auto file = TRY(file_at(cage, AT_FDCWD, path, Symlinks::Follow));
  TRY(cage.memory().write(to, to_guest(TRY(file->statfs()))));
  return 0;
}

SyscallResult sys_fstatfs(Cage& cage, int fd, GuestPtr<GuestStatfs> to) {
  struct statfs status = TRY(TRY(cage.fds().file(fd))->statfs());
  TRY(cage.memory().write(to, to_guest(status)));
  return 0;
}

SyscallResult sys_access(Cage& cage, Path path, int mode) {
  return sys_faccessat2(cage, AT_FDCWD, path, mode, 0);
}

SyscallResult sys_faccessat(Cage& cage, int directory, Path path, int mode) {
  return sys_faccessat2(cage, directory, path, mode, 0);
}

SyscallResult sys_faccessat2(Cage& cage, int directory, Path path, int mode, int flags) {
  if (mode & ~(R_OK | W_OK | X_OK)) return Error{EINVAL};
  // Real and effective ids are the same in a cage.
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_EACCESS)) return Error{EINVAL};
  auto file = TRY(file_at(cage, directory, path, symlinks_for(flags), flags & AT_EMPTY_PATH));
  return to_zero(mode == F_OK ? Result<void>() : file->access(mode));
}

SyscallResult sys_chmod(Cage& cage, Path path, uint32_t mode) {
  return sys_fchmodat(cage, AT_FDCWD, path, mode);
}

SyscallResult sys_fchmod(Cage& cage, int fd, uint32_t mode) {
  return to_zero(TRY(usable_file(cage, fd))->change_mode(mode));
}

SyscallResult sys_fchmodat(Cage& cage, int directory, Path path, uint32_t mode) {
  return to_zero(TRY(file_at(cage, directory, path, Symlinks::Follow))->change_mode(mode));
}

SyscallResult sys_chown(Cage& cage, Path path, uint32_t user, uint32_t group) {
  return change_owner_at(cage, AT_FDCWD, path, user, group, Symlinks::Follow);
}

SyscallResult sys_lchown(Cage& cage, Path path, uint32_t user, uint32_t group) {
  return change_owner_at(cage, AT_FDCWD, path, user, group, Symlinks::DontFollow);
}

SyscallResult sys_fchown(Cage& cage, int fd, uint32_t user, uint32_t group) {
  return to_zero(TRY(usable_file(cage, fd))->change_owner(user, group));
}

SyscallResult sys_fchownat(Cage& cage, int directory, Path path, uint32_t user, uint32_t group,
                           int flags) {
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) return Error{EINVAL};
  auto file = TRY(file_at(cage, directory, path, symlinks_for(flags), flags & AT_EMPTY_PATH));
  return to_zero(file->change_owner(user, group));
}

SyscallResult sys_utimensat(Cage& cage, int directory, Path path, GuestPtr<GuestTimespec> times,
                            int flags) {
  std::array<timespec, 2> host_times = kNow;
  if (!times.is_null()) {
    std::array<GuestTimespec, 2> guest_times;
    TRY(cage.memory().copy_in(std::span(guest_times), times));
    host_times = {to_host(guest_times[0]), to_host(guest_times[1])};
    // Nothing to do, and Linux doesn't even look for the file then.
    if (host_times[0].tv_nsec == UTIME_OMIT && host_times[1].tv_nsec == UTIME_OMIT) return 0;
  }
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) return Error{EINVAL};
  if (path.is_null() && flags & AT_SYMLINK_NOFOLLOW) return Error{EINVAL};
  return to_zero(
      set_times(cage, directory, path, symlinks_for(flags), flags & AT_EMPTY_PATH, host_times));
}

SyscallResult sys_utime(Cage& cage, Path path, GuestPtr<GuestUtimbuf> times) {
  std::array<timespec, 2> host_times = kNow;
  if (!times.is_null()) {
    GuestUtimbuf guest = TRY(cage.memory().read(times));
    host_times = {timespec{guest.access, 0}, timespec{guest.modification, 0}};
  }
  auto file = TRY(file_at(cage, AT_FDCWD, path, Symlinks::Follow));
  return to_zero(file->set_times(host_times));
}

SyscallResult sys_utimes(Cage& cage, Path path, GuestPtr<GuestTimeval> times) {
  auto host_times = TRY(read_timevals(cage, times));
  auto file = TRY(file_at(cage, AT_FDCWD, path, Symlinks::Follow));
  return to_zero(file->set_times(host_times));
}

SyscallResult sys_futimesat(Cage& cage, int directory, Path path, GuestPtr<GuestTimeval> times) {
  auto host_times = TRY(read_timevals(cage, times));
  return to_zero(set_times(cage, directory, path, Symlinks::Follow, false, host_times));
}

SyscallResult sys_truncate(Thread& thread, Path path, int64_t size) {
  Cage& cage = thread.cage();
  TRY(check_size(thread, size));
  auto file = TRY(file_at(cage, AT_FDCWD, path, Symlinks::Follow));
  mode_t type = TRY(file->stat()).st_mode & S_IFMT;
  if (type == S_IFDIR) return Error{EISDIR};
  if (type != S_IFREG) return Error{EINVAL};
  return to_zero(file->truncate(size));
}

SyscallResult sys_ftruncate(Thread& thread, int fd, int64_t size) {
  Cage& cage = thread.cage();
  if (size < 0) return Error{EINVAL};
  auto file = TRY(usable_file(cage, fd));
  // Nothing beneath a read-only mount is open for writing, but for devices and pipes.
  if (file->read_only()) return Error{EINVAL};
  TRY(check_size(thread, size));
  return to_zero(file->truncate(size));
}

SyscallResult sys_fallocate(Thread& thread, int fd, int mode, int64_t offset, int64_t length) {
  Cage& cage = thread.cage();
  auto file = TRY(usable_file(cage, fd));
  if (offset < 0 || length <= 0) return Error{EINVAL};
  uint64_t end = static_cast<uint64_t>(offset) + static_cast<uint64_t>(length);
  if (end > static_cast<uint64_t>(INT64_MAX)) return Error{EFBIG};
  if (!(mode & FALLOC_FL_KEEP_SIZE)) TRY(check_size(thread, static_cast<int64_t>(end)));
  return to_zero(file->allocate(mode, offset, length));
}

SyscallResult sys_umask(Cage& cage, uint32_t mask) {
  return cage.attributes().set_creation_mask(mask);
}

}  // namespace linden::microvisor
