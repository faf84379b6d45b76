#include "microvisor/dispatch.h"

#include <poll.h>
#include <sys/syscall.h>

#include "microvisor/abi.h"
#include "microvisor/test_support.h"

namespace linden::microvisor {

using test::PosixFixture;

TEST_CASE("numbers that don't exist are ENOSYS") {
  PosixFixture posix;
  for (int number : {-1, 335, 400, 511, 512, 1 << 30}) CHECK(posix.call(number) == -ENOSYS);
  CHECK(find_syscall(335) == nullptr);
}

TEST_CASE("a file is written, sought and read back") {
  PosixFixture posix;
  int64_t fd = posix.open("file", O_RDWR | O_CREAT);
  REQUIRE(fd == 0);
  uint32_t text = posix.memory.put("hello world");
  CHECK(posix.call(SYS_write, fd, text, 11) == 11);
  CHECK(posix.call(SYS_lseek, fd, 6, SEEK_SET) == 6);
  uint32_t buffer = posix.memory.allocate(64);
  CHECK(posix.call(SYS_read, fd, buffer, 64) == 5);
  CHECK(posix.memory.text(buffer, 5) == "world");
  CHECK(posix.call(SYS_pread64, fd, buffer, 5, 0) == 5);
  CHECK(posix.memory.text(buffer, 5) == "hello");
  CHECK(posix.call(SYS_pwrite64, fd, text, 1, -1) == -EINVAL);
  uint32_t vectors = posix.memory.put(std::vector<GuestIovec>{{buffer, 2}, {buffer + 8, 3}});
  CHECK(posix.call(SYS_preadv, fd, vectors, 2, 0) == 5);
  CHECK(posix.memory.text(buffer + 8, 3) == "llo");
  CHECK(posix.call(SYS_writev, fd, vectors, 1025) == -EINVAL);
  CHECK(posix.call(SYS_read, fd, test::kBadAddress, 64) == -EFAULT);
  CHECK(posix.call(SYS_ftruncate, fd, 4) == 0);
  CHECK(posix.directory.read("file") == "hell");
  CHECK(posix.call(SYS_fallocate, fd, 0, 0, 100) == 0);
  CHECK(posix.call(SYS_fsync, fd) == 0);
  CHECK(posix.call(SYS_fdatasync, fd) == 0);
  CHECK(posix.call(SYS_fadvise64, fd, 0, 0, POSIX_FADV_RANDOM) == 0);
  CHECK(posix.call(SYS_close, fd) == 0);
  CHECK(posix.call(SYS_close, fd) == -EBADF);
}

TEST_CASE("a protected page is EFAULT for the kernel too") {
  test::FaultHandler handler;
  PosixFixture posix;
  posix.directory.write("file", "hello");
  int64_t fd = posix.open("file");
  posix.memory.protect(65536, 4096);
  CHECK(posix.call(SYS_read, fd, 65536, 5) == -EFAULT);
  CHECK(posix.call(SYS_fstat, fd, 65536) == -EFAULT);
  CHECK(posix.call(SYS_openat, AT_FDCWD, 65536, 0, 0) == -EFAULT);
  CHECK(posix.call(SYS_getrandom, 65536, 16, 0) == -EFAULT);
}

TEST_CASE("a stat struct is laid out as on x86-64") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  uint32_t to = posix.memory.allocate(sizeof(GuestStat));
  REQUIRE(posix.call(SYS_newfstatat, AT_FDCWD, posix.memory.put("file"), to, 0) == 0);
  struct stat expected;
  REQUIRE(::stat((posix.directory / "file").c_str(), &expected) == 0);
  auto stat = posix.memory.get<GuestStat>(to);
  CHECK(stat.inode == expected.st_ino);
  CHECK(stat.size == 5);
  CHECK(stat.mode == expected.st_mode);
  CHECK(stat.modification_time.seconds == expected.st_mtim.tv_sec);
#ifdef __x86_64__
  CHECK(std::memcmp(&stat, &expected, offsetof(GuestStat, reserved)) == 0);
#endif
  int64_t fd = posix.open("file");
  uint32_t empty = posix.memory.put("");
  CHECK(posix.call(SYS_newfstatat, fd, empty, to, AT_EMPTY_PATH) == 0);
  CHECK(posix.call(SYS_newfstatat, fd, empty, to, 0) == -ENOENT);
  CHECK(posix.call(SYS_newfstatat, AT_FDCWD, empty, to, AT_EMPTY_PATH) == 0);
}

TEST_CASE("paths are seen through mounts and the working directory") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  CHECK(posix.open("/data/file") >= 0);
  CHECK(posix.open("/ro/file") >= 0);
  CHECK(posix.open("/ro/file", O_RDWR) == -EROFS);
  CHECK(posix.open("/etc/passwd") == -ENOENT);
  CHECK(posix.open("../etc/passwd") == -ENOENT);
  CHECK(posix.open("../ro/file") >= 0);
  CHECK(posix.open("") == -ENOENT);
  CHECK(posix.call(SYS_mkdirat, AT_FDCWD, posix.memory.put("sub"), 0755) == 0);
  CHECK(posix.call(SYS_chdir, posix.memory.put("sub")) == 0);
  CHECK(posix.open("../file") >= 0);
  CHECK(posix.call(SYS_chdir, posix.memory.put("../file")) == -ENOTDIR);
  uint32_t buffer = posix.memory.allocate(64);
  CHECK(posix.call(SYS_getcwd, buffer, 64) == 10);
  CHECK(posix.memory.text(buffer, 9) == "/data/sub");
  CHECK(posix.call(SYS_getcwd, buffer, 9) == -ERANGE);
  CHECK(posix.open("x", O_RDONLY, 900) == -EBADF);
}

TEST_CASE("names are made, listed, linked, renamed and removed") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  auto name = [&](std::string_view text) { return posix.memory.put(text); };
  CHECK(posix.call(SYS_symlinkat, name("file"), AT_FDCWD, name("link")) == 0);
  uint32_t buffer = posix.memory.allocate(4096);
  CHECK(posix.call(SYS_readlinkat, AT_FDCWD, name("link"), buffer, 2) == 2);
  CHECK(posix.call(SYS_readlinkat, AT_FDCWD, name("link"), buffer, 64) == 4);
  CHECK(posix.memory.text(buffer, 4) == "file");
  CHECK(posix.call(SYS_readlinkat, AT_FDCWD, name("file"), buffer, 64) == -EINVAL);
  CHECK(posix.call(SYS_readlinkat, AT_FDCWD, name("link"), buffer, 0) == -EINVAL);
  CHECK(posix.call(SYS_linkat, AT_FDCWD, name("file"), AT_FDCWD, name("hard"), 0) == 0);
  CHECK(posix.call(SYS_renameat2, AT_FDCWD, name("hard"), AT_FDCWD, name("file"),
                   RENAME_NOREPLACE) == -EEXIST);
  CHECK(posix.call(SYS_renameat2, AT_FDCWD, name("hard"), AT_FDCWD, name("x"), 4) == -EINVAL);
  CHECK(posix.call(SYS_renameat, AT_FDCWD, name("hard"), AT_FDCWD, name("harder")) == 0);
  uint32_t times = posix.memory.put(std::vector<GuestTimespec>{{5, 6, -1}, {7, 8, -1}});
  CHECK(posix.call(SYS_utimensat, AT_FDCWD, name("harder"), times, 0) == 0);
  struct stat status;
  REQUIRE(::stat((posix.directory / "file").c_str(), &status) == 0);
  CHECK(status.st_mtim.tv_sec == 7);
  CHECK(status.st_mtim.tv_nsec == 8);
  CHECK(posix.call(SYS_unlinkat, AT_FDCWD, name("harder"), 0) == 0);
  int64_t fd = posix.open(".", O_RDONLY | O_DIRECTORY);
  CHECK(posix.call(SYS_getdents64, fd, buffer, 4096) == 4 * 24);
  CHECK(posix.call(SYS_getdents64, fd, buffer, 4096) == 0);
  CHECK(posix.call(SYS_utimensat, fd, 0, 0, 0) == 0);
}

TEST_CASE("duplicates share offset and flags, and have their own close-on-exec") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  int64_t fd = posix.open("file", O_RDONLY | O_CLOEXEC);
  int64_t copy = posix.call(SYS_dup, fd);
  CHECK(posix.call(SYS_lseek, fd, 3, SEEK_SET) == 3);
  CHECK(posix.call(SYS_lseek, copy, 0, SEEK_CUR) == 3);
  CHECK(posix.call(SYS_fcntl, fd, F_GETFD, 0) == FD_CLOEXEC);
  CHECK(posix.call(SYS_fcntl, copy, F_GETFD, 0) == 0);
  CHECK(posix.call(SYS_fcntl, fd, F_SETFL, O_NONBLOCK | O_ASYNC) == 0);
  CHECK((posix.call(SYS_fcntl, copy, F_GETFL, 0) & (O_NONBLOCK | O_ASYNC)) == O_NONBLOCK);
  CHECK(posix.call(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 100) == 100);
  CHECK(posix.call(SYS_fcntl, fd, F_SETLEASE, 0) == -EINVAL);
  CHECK(posix.call(SYS_dup3, fd, fd, 0) == -EINVAL);
  CHECK(posix.call(SYS_dup3, fd, 50, O_CLOEXEC) == 50);
  CHECK(posix.call(SYS_dup2, fd, fd) == fd);
  CHECK(posix.call(SYS_dup2, fd, 5000) == -EBADF);
}

TEST_CASE("an open that finds no free descriptor doesn't touch its file") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  while (posix.open("file") >= 0) {
  }
  CHECK(posix.open("file", O_RDWR | O_TRUNC) == -EMFILE);
  CHECK(posix.open("new", O_RDWR | O_CREAT) == -EMFILE);
  CHECK(posix.directory.read("file") == "hello");
  CHECK_FALSE(posix.directory.has("new"));
}

TEST_CASE("clocks, sleeping, random numbers and the process itself") {
  PosixFixture posix;
  uint32_t to = posix.memory.allocate(64);
  CHECK(posix.call(SYS_clock_gettime, CLOCK_REALTIME, to) == 0);
  CHECK(posix.memory.get<GuestTimespec>(to).seconds > 1'600'000'000);
  CHECK(posix.call(SYS_clock_getres, CLOCK_MONOTONIC, 0) == 0);
  CHECK(posix.call(SYS_clock_gettime, -1, to) == -EINVAL);
  CHECK(posix.call(SYS_clock_gettime, CLOCK_REALTIME, test::kBadAddress) == -EFAULT);
  uint32_t request = posix.memory.put(std::vector<GuestTimespec>{{0, 1000, -1}});
  CHECK(posix.call(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, request, 0) == 0);
  CHECK(posix.call(SYS_nanosleep, request, 0) == 0);
  CHECK(posix.call(SYS_getrandom, to, 16, 0) == 16);
  CHECK(posix.call(SYS_getpid) == 7);
  CHECK(posix.call(SYS_getppid) == 3);
  CHECK(posix.call(SYS_sched_yield) == 0);
  CHECK_FALSE(posix.cage->exit_status());
  CHECK(posix.call(SYS_exit_group, 0x103) == 0);
  CHECK(posix.cage->exit_status() == ExitStatus::exited(3));
  posix.call(SYS_exit_group, 4);
  CHECK(posix.cage->exit_status() == ExitStatus::exited(3));
}

TEST_CASE("poll reports files, closed descriptors and timeouts") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  int32_t fd = static_cast<int32_t>(posix.open("file"));
  uint32_t fds =
      posix.memory.put(std::vector<GuestPollfd>{{fd, POLLIN, 0}, {99, POLLIN, 0}, {-1, POLLIN, 7}});
  CHECK(posix.call(SYS_poll, fds, 3, -1) == 2);
  CHECK(posix.memory.get<GuestPollfd>(fds).revents == POLLIN);
  CHECK(posix.memory.get<GuestPollfd>(fds + 8).revents == POLLNVAL);
  CHECK(posix.memory.get<GuestPollfd>(fds + 16).revents == 0);
  CHECK(posix.call(SYS_poll, 0, 0, 1) == 0);
  CHECK(posix.call(SYS_poll, fds, 0xffffffff, 0) == -EINVAL);
}

}  // namespace linden::microvisor
