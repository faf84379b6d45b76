// Conversions between host structures and those of preview 1.

#include <fcntl.h>
#include <sys/stat.h>

#include "microvisor/wasi/internal.h"

namespace linden::microvisor::wasi {

uint64_t to_timestamp(const timespec& time) {
  if (time.tv_sec < 0) return 0;
  uint64_t seconds = static_cast<uint64_t>(time.tv_sec);
  uint64_t timestamp;
  if (__builtin_mul_overflow(seconds, kNanosecondsPerSecond, &timestamp) ||
      __builtin_add_overflow(timestamp, static_cast<uint64_t>(time.tv_nsec), &timestamp)) {
    return UINT64_MAX;
  }
  return timestamp;
}

timespec to_timespec(uint64_t timestamp) {
  return {.tv_sec = static_cast<time_t>(timestamp / kNanosecondsPerSecond),
          .tv_nsec = static_cast<long>(timestamp % kNanosecondsPerSecond)};
}

Filestat to_filestat(const struct stat& status) {
  return {
      .device = status.st_dev,
      .inode = status.st_ino,
      .file_type = to_file_type(status),
      .padding = {},
      .links = status.st_nlink,
      .size = static_cast<uint64_t>(status.st_size),
      .access_time = to_timestamp(status.st_atim),
      .modification_time = to_timestamp(status.st_mtim),
      .change_time = to_timestamp(status.st_ctim),
  };
}

namespace {

Result<timespec> to_time(uint64_t timestamp, bool set, bool now) {
  if (set && now) return Error{EINVAL};
  if (set) return to_timespec(timestamp);
  return timespec{0, now ? UTIME_NOW : UTIME_OMIT};
}

}  // namespace

Result<std::array<timespec, 2>> to_times(uint64_t access, uint64_t modification, uint32_t flags) {
  if (flags & ~time_flag::kAll) return Error{EINVAL};
  return std::array<timespec, 2>{
      TRY(to_time(access, flags & time_flag::kAccess, flags & time_flag::kAccessNow)),
      TRY(to_time(modification, flags & time_flag::kModification,
                  flags & time_flag::kModificationNow))};
}

Result<int> to_status_flags(uint32_t fd_flags) {
  if (fd_flags & ~fd_flag::kAll) return Error{EINVAL};
  int flags = 0;
  if (fd_flags & fd_flag::kAppend) flags |= O_APPEND;
  if (fd_flags & fd_flag::kNonblock) flags |= O_NONBLOCK;
  if (fd_flags & fd_flag::kDsync) flags |= O_DSYNC;
  if (fd_flags & (fd_flag::kSync | fd_flag::kRsync)) flags |= O_SYNC;
  return flags;
}

uint16_t to_fd_flags(int status_flags) {
  uint16_t flags = 0;
  if (status_flags & O_APPEND) flags |= fd_flag::kAppend;
  if (status_flags & O_NONBLOCK) flags |= fd_flag::kNonblock;
  if ((status_flags & O_SYNC) == O_SYNC) {
    flags |= fd_flag::kSync;
  } else if (status_flags & O_DSYNC) {
    flags |= fd_flag::kDsync;
  }
  return flags;
}

}  // namespace linden::microvisor::wasi
