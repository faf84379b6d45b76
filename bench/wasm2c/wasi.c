// The part of WASI preview 1 that the benchmark programs use, for wasm2c's output.
//
// Guest file descriptors are the host's. Guest pointers need no check of their own: any 32-bit
// offset lies in the 8 GiB that wasm-rt reserves, and the kernel answers EFAULT for its guards.
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "wasi.h"

typedef struct Z_wasi_snapshot_preview1_instance_t Wasi;
typedef uint32_t u32;
typedef uint64_t u64;
#define WASI(name) Z_wasi_snapshot_preview1Z_##name

enum { kMaxVectors = 64, kPathSize = 4096, kDirectoryFd = 3 };
enum { kSuccess = 0, kBadf = 8, kInval = 28, kIo = 29, kNameTooLong = 37, kNosys = 52 };

static uint8_t* at(Wasi* wasi, u32 offset) { return wasi->memory->data + offset; }
static void put8(Wasi* wasi, u32 offset, uint8_t value) { *at(wasi, offset) = value; }
static void put16(Wasi* wasi, u32 offset, uint16_t value) { memcpy(at(wasi, offset), &value, 2); }
static void put32(Wasi* wasi, u32 offset, u32 value) { memcpy(at(wasi, offset), &value, 4); }
static void put64(Wasi* wasi, u32 offset, u64 value) { memcpy(at(wasi, offset), &value, 8); }

static u32 wasi_error(int host_error) {
  switch (host_error) {
    case EACCES:
      return 2;
    case EBADF:
      return kBadf;
    case EEXIST:
      return 20;
    case EFAULT:
      return 21;
    case EINVAL:
      return kInval;
    case EISDIR:
      return 31;
    case ENOENT:
      return 44;
    case ENOTDIR:
      return 54;
    case ENOTEMPTY:
      return 55;
    case EPERM:
      return 63;
    default:
      return kIo;
  }
}

static u32 outcome(long result) { return result < 0 ? wasi_error(errno) : kSuccess; }

// Arguments and environment (which is always empty).

u32 WASI(args_sizes_get)(Wasi* wasi, u32 count, u32 size) {
  u32 total = 0;
  for (int i = 0; i < wasi->argc; i++) total += (u32)strlen(wasi->argv[i]) + 1;
  put32(wasi, count, (u32)wasi->argc);
  put32(wasi, size, total);
  return kSuccess;
}

u32 WASI(args_get)(Wasi* wasi, u32 pointers, u32 text) {
  for (int i = 0; i < wasi->argc; i++) {
    size_t size = strlen(wasi->argv[i]) + 1;
    put32(wasi, pointers + 4 * (u32)i, text);
    memcpy(at(wasi, text), wasi->argv[i], size);
    text += (u32)size;
  }
  return kSuccess;
}

u32 WASI(environ_sizes_get)(Wasi* wasi, u32 count, u32 size) {
  put32(wasi, count, 0);
  put32(wasi, size, 0);
  return kSuccess;
}

u32 WASI(environ_get)(Wasi* wasi, u32 pointers, u32 text) {
  (void)wasi, (void)pointers, (void)text;
  return kSuccess;
}

// Process, clocks, random numbers.

void WASI(proc_exit)(Wasi* wasi, u32 code) {
  (void)wasi;
  exit((int)code);
}

u32 WASI(clock_time_get)(Wasi* wasi, u32 id, u64 precision, u32 result) {
  (void)precision;
  struct timespec now;
  if (clock_gettime(id == 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC, &now) < 0) return kInval;
  put64(wasi, result, (u64)now.tv_sec * 1000000000u + (u64)now.tv_nsec);
  return kSuccess;
}

u32 WASI(random_get)(Wasi* wasi, u32 buffer, u32 size) {
  return outcome(getrandom(at(wasi, buffer), size, 0));
}

u32 WASI(poll_oneoff)(Wasi* wasi, u32 in, u32 out, u32 count, u32 result) {
  (void)wasi, (void)in, (void)out, (void)count, (void)result;
  return kNosys;
}

// Open files.

static int vectors(Wasi* wasi, u32 list, u32 count, struct iovec* result) {
  if (count > kMaxVectors) count = kMaxVectors;  // a short read or write is allowed
  for (u32 i = 0; i < count; i++) {
    u32 pair[2];
    memcpy(pair, at(wasi, list + 8 * i), sizeof pair);
    result[i] = (struct iovec){at(wasi, pair[0]), pair[1]};
  }
  return (int)count;
}

static u32 store_size(Wasi* wasi, ssize_t size, u32 result) {
  if (size >= 0) put32(wasi, result, (u32)size);
  return outcome(size);
}

u32 WASI(fd_write)(Wasi* wasi, u32 fd, u32 list, u32 count, u32 result) {
  struct iovec iov[kMaxVectors];
  int n = vectors(wasi, list, count, iov);
  return store_size(wasi, writev((int)fd, iov, n), result);
}

u32 WASI(fd_read)(Wasi* wasi, u32 fd, u32 list, u32 count, u32 result) {
  struct iovec iov[kMaxVectors];
  int n = vectors(wasi, list, count, iov);
  return store_size(wasi, readv((int)fd, iov, n), result);
}

u32 WASI(fd_pwrite)(Wasi* wasi, u32 fd, u32 list, u32 count, u64 offset, u32 result) {
  struct iovec iov[kMaxVectors];
  int n = vectors(wasi, list, count, iov);
  return store_size(wasi, pwritev((int)fd, iov, n, (off_t)offset), result);
}

u32 WASI(fd_pread)(Wasi* wasi, u32 fd, u32 list, u32 count, u64 offset, u32 result) {
  struct iovec iov[kMaxVectors];
  int n = vectors(wasi, list, count, iov);
  return store_size(wasi, preadv((int)fd, iov, n, (off_t)offset), result);
}

u32 WASI(fd_seek)(Wasi* wasi, u32 fd, u64 offset, u32 whence, u32 result) {
  static const int host_whence[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  if (whence > 2) return kInval;
  off_t position = lseek((int)fd, (off_t)offset, host_whence[whence]);
  if (position >= 0) put64(wasi, result, (u64)position);
  return outcome(position);
}

u32 WASI(fd_close)(Wasi* wasi, u32 fd) {
  (void)wasi;
  return outcome(close((int)fd));
}

u32 WASI(fd_renumber)(Wasi* wasi, u32 from, u32 to) {
  (void)wasi;
  if (from == to) return outcome(fcntl((int)from, F_GETFD));
  if (dup2((int)from, (int)to) < 0) return wasi_error(errno);
  return outcome(close((int)from));
}

u32 WASI(fd_sync)(Wasi* wasi, u32 fd) {
  (void)wasi;
  return outcome(fsync((int)fd));
}

static uint8_t file_type(const struct stat* status) {
  if (S_ISDIR(status->st_mode)) return 3;
  if (S_ISREG(status->st_mode)) return 4;
  return S_ISCHR(status->st_mode) ? 2 : 0;
}

u32 WASI(fd_fdstat_get)(Wasi* wasi, u32 fd, u32 result) {
  struct stat status;
  if (fstat((int)fd, &status) < 0) return wasi_error(errno);
  put64(wasi, result, 0);
  put8(wasi, result, file_type(&status));
  put16(wasi, result + 2, fcntl((int)fd, F_GETFL) & O_APPEND ? 1 : 0);
  put64(wasi, result + 8, UINT64_MAX);
  put64(wasi, result + 16, UINT64_MAX);
  return kSuccess;
}

u32 WASI(fd_fdstat_set_flags)(Wasi* wasi, u32 fd, u32 flags) {
  (void)wasi;
  return outcome(
      fcntl((int)fd, F_SETFL, (flags & 1 ? O_APPEND : 0) | (flags & 4 ? O_NONBLOCK : 0)));
}

static u64 time_of(struct timespec t) { return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec; }

static void put_status(Wasi* wasi, u32 result, const struct stat* status) {
  put64(wasi, result, status->st_dev);
  put64(wasi, result + 8, status->st_ino);
  put64(wasi, result + 16, file_type(status));
  put64(wasi, result + 24, status->st_nlink);
  put64(wasi, result + 32, (u64)status->st_size);
  put64(wasi, result + 40, time_of(status->st_atim));
  put64(wasi, result + 48, time_of(status->st_mtim));
  put64(wasi, result + 56, time_of(status->st_ctim));
}

u32 WASI(fd_filestat_get)(Wasi* wasi, u32 fd, u32 result) {
  struct stat status;
  if (fstat((int)fd, &status) < 0) return wasi_error(errno);
  put_status(wasi, result, &status);
  return kSuccess;
}

u32 WASI(fd_filestat_set_size)(Wasi* wasi, u32 fd, u64 size) {
  (void)wasi;
  return outcome(ftruncate((int)fd, (off_t)size));
}

// Paths, all of them below the one directory that was granted.

u32 WASI(fd_prestat_get)(Wasi* wasi, u32 fd, u32 result) {
  if (fd != kDirectoryFd || !wasi->guest_directory) return kBadf;
  put32(wasi, result, 0);
  put32(wasi, result + 4, (u32)strlen(wasi->guest_directory));
  return kSuccess;
}

u32 WASI(fd_prestat_dir_name)(Wasi* wasi, u32 fd, u32 text, u32 size) {
  if (fd != kDirectoryFd || !wasi->guest_directory) return kBadf;
  if (size < strlen(wasi->guest_directory)) return kNameTooLong;
  memcpy(at(wasi, text), wasi->guest_directory, strlen(wasi->guest_directory));
  return kSuccess;
}

static const char* path_of(Wasi* wasi, u32 text, u32 size) {
  static char path[kPathSize];
  if (size >= sizeof path) size = sizeof path - 1;
  memcpy(path, at(wasi, text), size);
  path[size] = 0;
  return path;
}

u32 WASI(path_open)(Wasi* wasi, u32 directory, u32 lookup, u32 text, u32 size, u32 open_flags,
                    u64 rights, u64 inherited, u32 fd_flags, u32 result) {
  (void)lookup, (void)inherited;
  int reads = rights >> 1 & 1, writes = rights >> 6 & 1;
  int flags = (writes ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY) | O_CLOEXEC;
  if (open_flags & 1) flags |= O_CREAT;
  if (open_flags & 2) flags |= O_DIRECTORY;
  if (open_flags & 4) flags |= O_EXCL;
  if (open_flags & 8) flags |= O_TRUNC;
  if (fd_flags & 1) flags |= O_APPEND;
  int fd = openat((int)directory, path_of(wasi, text, size), flags, 0644);
  if (fd >= 0) put32(wasi, result, (u32)fd);
  return outcome(fd);
}

u32 WASI(path_filestat_get)(Wasi* wasi, u32 directory, u32 flags, u32 text, u32 size, u32 result) {
  struct stat status;
  int follow = flags & 1 ? 0 : AT_SYMLINK_NOFOLLOW;
  if (fstatat((int)directory, path_of(wasi, text, size), &status, follow) < 0) {
    return wasi_error(errno);
  }
  put_status(wasi, result, &status);
  return kSuccess;
}

u32 WASI(path_filestat_set_times)(Wasi* wasi, u32 directory, u32 flags, u32 text, u32 size,
                                  u64 access, u64 change, u32 which) {
  (void)wasi, (void)directory, (void)flags, (void)text, (void)size;
  (void)access, (void)change, (void)which;
  return kNosys;
}

u32 WASI(path_unlink_file)(Wasi* wasi, u32 directory, u32 text, u32 size) {
  return outcome(unlinkat((int)directory, path_of(wasi, text, size), 0));
}

u32 WASI(path_create_directory)(Wasi* wasi, u32 directory, u32 text, u32 size) {
  return outcome(mkdirat((int)directory, path_of(wasi, text, size), 0755));
}

u32 WASI(path_remove_directory)(Wasi* wasi, u32 directory, u32 text, u32 size) {
  return outcome(unlinkat((int)directory, path_of(wasi, text, size), AT_REMOVEDIR));
}

u32 WASI(path_readlink)(Wasi* wasi, u32 directory, u32 text, u32 size, u32 buffer, u32 room,
                        u32 result) {
  const char* path = path_of(wasi, text, size);
  return store_size(wasi, readlinkat((int)directory, path, (char*)at(wasi, buffer), room), result);
}
