#include "microvisor/open_file.h"

#include <sys/sysmacros.h>
#include <unistd.h>

namespace linden::microvisor {

namespace {

statx_timestamp to_timestamp(const timespec& time) {
  return {.tv_sec = time.tv_sec, .tv_nsec = static_cast<uint32_t>(time.tv_nsec), .__reserved = 0};
}

}  // namespace

Result<size_t> OpenFile::preadv2(std::span<const iovec> to, int64_t offset, int flags) {
  if (flags != 0) return Error{EOPNOTSUPP};
  return offset == -1 ? readv(to) : preadv(to, offset);
}

Result<size_t> OpenFile::pwritev2(std::span<const iovec> from, int64_t offset, int flags) {
  if (flags != 0) return Error{EOPNOTSUPP};
  return offset == -1 ? writev(from) : pwritev(from, offset);
}

Result<struct statx> OpenFile::statx(int, uint32_t) {
  struct stat status = TRY(stat());
  struct statx result{};
  result.stx_mask = STATX_BASIC_STATS;
  result.stx_blksize = status.st_blksize;
  result.stx_nlink = status.st_nlink;
  result.stx_uid = status.st_uid;
  result.stx_gid = status.st_gid;
  result.stx_mode = status.st_mode;
  result.stx_ino = status.st_ino;
  result.stx_size = status.st_size;
  result.stx_blocks = status.st_blocks;
  result.stx_atime = to_timestamp(status.st_atim);
  result.stx_mtime = to_timestamp(status.st_mtim);
  result.stx_ctime = to_timestamp(status.st_ctim);
  result.stx_rdev_major = major(status.st_rdev);
  result.stx_rdev_minor = minor(status.st_rdev);
  result.stx_dev_major = major(status.st_dev);
  result.stx_dev_minor = minor(status.st_dev);
  return result;
}

Result<void> OpenFile::access(int mode) {
  uint32_t allowed = TRY(stat()).st_mode >> 6 & 7;
  if (static_cast<uint32_t>(mode) & ~allowed) return Error{EACCES};
  return {};
}

}  // namespace linden::microvisor
