// System calls on files and their metadata, against what the same calls do natively.

#include <linux/close_range.h>
#include <sys/inotify.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "microvisor/test_support.h"

namespace linden::microvisor {

using test::PosixFixture;

namespace {

struct stat native_stat(const PosixFixture& posix, std::string_view name) {
  struct stat status{};
  ::lstat((posix.directory / name).c_str(), &status);
  return status;
}

}  // namespace

TEST_CASE("new files get their mode less the cage's umask, not the host's") {
  mode_t host_mask = ::umask(077);
  PosixFixture posix;
  CHECK(posix.call(SYS_umask, 027) == 077);
  CHECK(posix.call(SYS_umask, 022) == 027);
  posix.call(SYS_open, posix.text("file"), O_CREAT | O_RDWR, 06666);
  posix.call(SYS_mkdir, posix.text("dir"), 0777);
  posix.call(SYS_mknod, posix.text("fifo"), S_IFIFO | 0666, 0);
  ::umask(host_mask);
  CHECK((native_stat(posix, "file").st_mode & 07777) == 0644);
  CHECK((native_stat(posix, "dir").st_mode & 07777) == 0755);
  CHECK(native_stat(posix, "fifo").st_mode == (S_IFIFO | 0644));
  CHECK(posix.call(SYS_mknod, posix.text("device"), S_IFCHR | 0666, makedev(1, 3)) == -EPERM);
  CHECK(posix.call(SYS_mknod, posix.text("odd"), 0170000, 0) == -EINVAL);
  CHECK_FALSE(posix.directory.has("device"));
}

TEST_CASE("modes and owners change, except set-id bits and beneath a read-only grant") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  CHECK(posix.call(SYS_chmod, posix.text("file"), 06751) == 0);
  CHECK((native_stat(posix, "file").st_mode & 07777) == 0751);
  int fd = posix.opened("file");
  CHECK(posix.call(SYS_fchmod, fd, 0600) == 0);
  CHECK((native_stat(posix, "file").st_mode & 07777) == 0600);
  CHECK(posix.call(SYS_chmod, posix.text("/ro/file"), 0777) == -EROFS);
  CHECK(posix.call(SYS_chown, posix.text("file"), -1, -1) == 0);
  CHECK(posix.call(SYS_fchownat, AT_FDCWD, posix.text("file"), getuid(), getgid(), 0) == 0);
  CHECK(posix.call(SYS_lchown, posix.text("/ro/file"), getuid(), -1) == -EROFS);
  int place = posix.opened("file", O_PATH);
  CHECK(posix.call(SYS_fchmod, place, 0600) == -EBADF);
  CHECK(posix.call(SYS_chmod, posix.text("absent"), 0600) == -ENOENT);
}

TEST_CASE("access looks at the mode and at the grant") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  CHECK(posix.call(SYS_access, posix.text("file"), R_OK | W_OK) == 0);
  CHECK(posix.call(SYS_access, posix.text("file"), X_OK) == -EACCES);
  CHECK(posix.call(SYS_access, posix.text("/ro/file"), R_OK) == 0);
  CHECK(posix.call(SYS_access, posix.text("/ro/file"), W_OK) == -EROFS);
  CHECK(posix.call(SYS_access, posix.text("absent"), F_OK) == -ENOENT);
  CHECK(posix.call(SYS_access, posix.text("file"), 8) == -EINVAL);
  ::symlink("absent", (posix.directory / "link").c_str());
  CHECK(posix.call(SYS_faccessat2, AT_FDCWD, posix.text("link"), F_OK, AT_SYMLINK_NOFOLLOW) == 0);
  CHECK(posix.call(SYS_faccessat, AT_FDCWD, posix.text("link"), F_OK) == -ENOENT);
}

TEST_CASE("stat, lstat, statx and statfs tell what the host's do") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  ::symlink("file", (posix.directory / "link").c_str());
  uint32_t to = posix.memory.allocate(256);
  CHECK(posix.call(SYS_stat, posix.text("link"), to) == 0);
  CHECK(posix.memory.get<GuestStat>(to).size == 5);
  CHECK(posix.call(SYS_lstat, posix.text("link"), to) == 0);
  CHECK(S_ISLNK(posix.memory.get<GuestStat>(to).mode));
  CHECK(posix.call(SYS_statx, AT_FDCWD, posix.text("file"), 0, STATX_ALL, to) == 0);
  struct statx expected;
  REQUIRE(::statx(AT_FDCWD, (posix.directory / "file").c_str(), 0, STATX_ALL, &expected) == 0);
  CHECK(std::memcmp(posix.memory.base() + to, &expected, sizeof(expected)) == 0);
  int fd = posix.opened("file");
  CHECK(posix.call(SYS_statx, fd, posix.text(""), AT_EMPTY_PATH, STATX_SIZE, to) == 0);
  CHECK(posix.memory.get<struct statx>(to).stx_size == 5);
  CHECK(posix.call(SYS_statx, fd, posix.text(""), 0, STATX_SIZE, to) == -ENOENT);
  CHECK(posix.call(SYS_statfs, posix.text("/ro"), to) == 0);
  CHECK((posix.memory.get<GuestStatfs>(to).flags & ST_RDONLY) != 0);
  struct statfs native;
  REQUIRE(::statfs(posix.directory.path().c_str(), &native) == 0);
  CHECK(posix.call(SYS_fstatfs, fd, to) == 0);
  CHECK(posix.memory.get<GuestStatfs>(to).type == native.f_type);
  CHECK(posix.memory.get<GuestStatfs>(to).blocks == native.f_blocks);
}

TEST_CASE("times are set to now, to a time, or left") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  auto set = [&](std::vector<GuestTimespec> times) {
    return posix.call(SYS_utimensat, AT_FDCWD, posix.text("file"), posix.memory.put(times), 0);
  };
  CHECK(set({{100, 5, -1}, {200, 6, -1}}) == 0);
  CHECK(set({{0, UTIME_OMIT, 0}, {300, 7, 0}}) == 0);
  struct stat status = native_stat(posix, "file");
  CHECK(status.st_atim.tv_sec == 100);
  CHECK(status.st_mtim.tv_sec == 300);
  CHECK(set({{0, UTIME_NOW, 0}, {0, UTIME_OMIT, 0}}) == 0);
  CHECK(native_stat(posix, "file").st_atim.tv_sec > 1'600'000'000);
  CHECK(set({{0, 1000000000, 0}, {0, 0, 0}}) == -EINVAL);
  CHECK(posix.call(SYS_utime, posix.text("file"),
                   posix.memory.put(std::vector<GuestUtimbuf>{{11, 12}})) == 0);
  CHECK(native_stat(posix, "file").st_mtim.tv_sec == 12);
  uint32_t timevals = posix.memory.put(std::vector<GuestTimeval>{{21, 22}, {23, 24}});
  CHECK(posix.call(SYS_utimes, posix.text("file"), timevals) == 0);
  CHECK(native_stat(posix, "file").st_mtim.tv_nsec == 24000);
  CHECK(posix.call(SYS_utimes, posix.text("/ro/file"), 0) == -EROFS);
  CHECK(posix.call(SYS_futimesat, AT_FDCWD, posix.text("file"), 0) == 0);
  CHECK(native_stat(posix, "file").st_mtim.tv_sec > 1'600'000'000);
}

TEST_CASE("files are truncated by path and by descriptor") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  CHECK(posix.call(SYS_truncate, posix.text("file"), 3) == 0);
  CHECK(posix.directory.read("file") == "hel");
  CHECK(posix.call(SYS_truncate, posix.text("."), 3) == -EISDIR);
  CHECK(posix.call(SYS_truncate, posix.text("file"), -1) == -EINVAL);
  CHECK(posix.call(SYS_truncate, posix.text("/ro/file"), 1) == -EROFS);
  CHECK(posix.call(SYS_ftruncate, posix.opened("file"), 1) == -EINVAL);
}

TEST_CASE("RLIMIT_FSIZE cuts writes and refuses to grow files") {
  PosixFixture posix;
  int fd = posix.opened("file", O_RDWR | O_CREAT);
  uint32_t limit = posix.memory.put(std::vector<GuestRlimit>{{8, RLIM_INFINITY}});
  CHECK(posix.call(SYS_prlimit64, 0, RLIMIT_FSIZE, limit, 0) == 0);
  CHECK(posix.write(fd, "0123456789") == 8);
  CHECK(posix.write(fd, "x") == -EFBIG);
  CHECK(posix.call(SYS_pwrite64, fd, posix.text("ab"), 2, 7) == 1);
  CHECK(posix.call(SYS_ftruncate, fd, 9) == -EFBIG);
  CHECK(posix.call(SYS_fallocate, fd, 0, 0, 9) == -EFBIG);
  CHECK(posix.directory.read("file") == "0123456a");
}

TEST_CASE("counts beyond the memory and offsets beyond 4 GiB") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  int fd = posix.opened("file", O_RDWR);
  uint32_t buffer = posix.memory.allocate(64);
  CHECK(posix.call(SYS_read, fd, buffer, 0x7fffffff) == 5);
  CHECK(posix.call(SYS_read, fd, test::kBadAddress, 0) == 0);
  constexpr int64_t kFar = 5'000'000'000;
  CHECK(posix.call(SYS_lseek, fd, kFar, SEEK_SET) == kFar);
  CHECK(posix.write(fd, "end") == 3);
  CHECK(posix.call(SYS_lseek, fd, 0, SEEK_END) == kFar + 3);
  CHECK(posix.call(SYS_lseek, fd, kFar + 3, SEEK_HOLE) == -ENXIO);
  uint32_t vectors = posix.memory.put(std::vector<GuestIovec>{{buffer, 8}});
  CHECK(posix.call(SYS_preadv, fd, vectors, 1, kFar) == 3);
  CHECK(posix.memory.text(buffer, 3) == "end");
  CHECK(posix.call(SYS_preadv2, fd, vectors, 1, -1, 0) == 0);
  CHECK(posix.call(SYS_preadv2, fd, vectors, 1, 0, 0x8000) == -EOPNOTSUPP);
  CHECK(posix.call(SYS_pwritev2, fd, vectors, 1, -2, 0) == -EINVAL);
}

TEST_CASE("the old directory entries hold the same names and types") {
  PosixFixture posix;
  posix.directory.write("a-file", "");
  std::filesystem::create_directory(posix.directory / "sub");
  int fd = posix.opened(".", O_RDONLY | O_DIRECTORY);
  uint32_t buffer = posix.memory.allocate(4096);
  int64_t length = posix.call(SYS_getdents, fd, buffer, 4096);
  std::vector<std::string> found;
  for (int64_t at = 0; at < length;) {
    uint16_t record = posix.memory.get<uint16_t>(buffer + at + 16);
    REQUIRE(record > 18);
    std::string name(reinterpret_cast<const char*>(posix.memory.base()) + buffer + at + 18);
    auto type = posix.memory.get<uint8_t>(buffer + at + record - 1);
    found.push_back(name + (type == DT_DIR ? "/" : ""));
    at += record;
  }
  std::sort(found.begin(), found.end());
  CHECK(found == std::vector<std::string>{"../", "./", "a-file", "sub/"});
}

TEST_CASE("extended attributes are set, listed and removed, but give no rights") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  uint32_t buffer = posix.memory.allocate(64);
  uint32_t name = posix.text("user.color");
  int64_t result = posix.call(SYS_setxattr, posix.text("file"), name, posix.text("red"), 3, 0);
  if (result == -EOPNOTSUPP) return;  // the file system of /tmp has none
  CHECK(result == 0);
  CHECK(posix.call(SYS_getxattr, posix.text("file"), name, 0, 0) == 3);
  CHECK(posix.call(SYS_getxattr, posix.text("file"), name, buffer, 2) == -ERANGE);
  CHECK(posix.call(SYS_lgetxattr, posix.text("file"), name, buffer, 64) == 3);
  CHECK(posix.memory.text(buffer, 3) == "red");
  int fd = posix.opened("file");
  CHECK(posix.call(SYS_flistxattr, fd, buffer, 64) == 11);
  CHECK(posix.call(SYS_setxattr, posix.text("/ro/file"), name, buffer, 3, 0) == -EROFS);
  CHECK(posix.call(SYS_setxattr, posix.text("file"), posix.text("security.capability"), buffer, 20,
                   0) == -EPERM);
  CHECK(posix.call(SYS_fsetxattr, fd, name, buffer, 3, XATTR_CREATE) == -EEXIST);
  CHECK(posix.call(SYS_fremovexattr, fd, name) == 0);
  CHECK(posix.call(SYS_fgetxattr, fd, name, buffer, 64) == -ENODATA);
  CHECK(posix.call(SYS_fgetxattr, fd, posix.text(""), buffer, 64) == -ERANGE);
}

TEST_CASE("data is moved between files and pipes by the kernel") {
  PosixFixture posix;
  posix.directory.write("file", "hello world");
  int from = posix.opened("file");
  int to = posix.opened("copy", O_RDWR | O_CREAT);
  uint32_t offset = posix.memory.put(std::vector<int64_t>{6});
  CHECK(posix.call(SYS_sendfile, to, from, offset, 100) == 5);
  CHECK(posix.memory.get<int64_t>(offset) == 11);
  CHECK(posix.call(SYS_lseek, from, 0, SEEK_CUR) == 0);
  CHECK(posix.directory.read("copy") == "world");
  CHECK(posix.call(SYS_copy_file_range, from, 0, to, 0, 5, 0) == 5);
  CHECK(posix.directory.read("copy") == "worldhello");
  CHECK(posix.call(SYS_copy_file_range, from, 0, to, 0, 5, 1) == -EINVAL);

  uint32_t ends = posix.memory.allocate(8);
  REQUIRE(posix.call(SYS_pipe2, ends, O_CLOEXEC) == 0);
  int read_end = posix.memory.get<int>(ends), write_end = posix.memory.get<int>(ends + 4);
  posix.memory.put(std::vector<int64_t>{0});
  uint32_t start = posix.memory.put(std::vector<int64_t>{0});
  CHECK(posix.call(SYS_splice, from, start, write_end, 0, 5, 0) == 5);
  CHECK(posix.memory.get<int64_t>(start) == 5);
  CHECK(posix.call(SYS_splice, from, start, write_end, start, 5, 0) == -ESPIPE);
  CHECK(posix.read(read_end) == "hello");
  uint32_t vectors = posix.memory.put(std::vector<GuestIovec>{{posix.text("abc"), 3}});
  CHECK(posix.call(SYS_vmsplice, write_end, vectors, 1, 0) == 3);
  CHECK(posix.call(SYS_vmsplice, from, vectors, 1, 0) == -EBADF);
  CHECK(posix.read(read_end) == "abc");
}

TEST_CASE("ranges of descriptors are closed or marked") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  for (int i = 0; i < 5; ++i) posix.opened("file");
  CHECK(posix.call(SYS_close_range, 3, 2, 0) == -EINVAL);
  CHECK(posix.call(SYS_close_range, 0, 1, CLOSE_RANGE_CLOEXEC) == 0);
  CHECK(posix.call(SYS_fcntl, 1, F_GETFD, 0) == FD_CLOEXEC);
  CHECK(posix.call(SYS_fcntl, 2, F_GETFD, 0) == 0);
  CHECK(posix.call(SYS_close_range, 2, ~0u, 0) == 0);
  CHECK(posix.call(SYS_fcntl, 2, F_GETFD, 0) == -EBADF);
  CHECK(posix.cage->fds().open_count() == 2);
}

TEST_CASE("watches see changes in granted directories") {
  PosixFixture posix;
  int64_t fd = posix.call(SYS_inotify_init1, O_NONBLOCK);
  int64_t watch = posix.call(SYS_inotify_add_watch, fd, posix.text("."), IN_CREATE);
  REQUIRE(watch > 0);
  posix.directory.write("new", "");
  std::string events = posix.read(static_cast<int>(fd));
  REQUIRE(events.size() > sizeof(inotify_event));
  CHECK(std::string(events.data() + sizeof(inotify_event)) == "new");
  CHECK(posix.call(SYS_inotify_rm_watch, fd, watch) == 0);
  CHECK(posix.call(SYS_inotify_add_watch, fd, posix.text("/etc"), IN_CREATE) == -ENOENT);
}

}  // namespace linden::microvisor
