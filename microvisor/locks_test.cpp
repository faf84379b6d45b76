// Record locks among cages, among descriptors of one cage, and towards another process.

#include <sys/file.h>
#include <sys/wait.h>

#include <thread>

#include "microvisor/test_support.h"

namespace linden::microvisor {

using test::PosixFixture;

namespace {

int64_t lock(PosixFixture& posix, int fd, int command, int type, int64_t start, int64_t length,
             GuestFlock* answer = nullptr) {
  GuestFlock request{static_cast<int16_t>(type), SEEK_SET, 0, start, length, 0, 0};
  uint32_t where = posix.memory.put(std::vector{request});
  int64_t result = posix.call(SYS_fcntl, fd, command, where);
  if (answer) *answer = posix.memory.get<GuestFlock>(where);
  return result;
}

// What another process of the host, which has the file open by its path, gets for F_SETLK.
bool other_process_can_lock(const std::string& path, short type, int64_t start, int64_t length) {
  pid_t child = fork();
  if (child == 0) {
    struct flock wanted{};
    wanted.l_type = type;
    wanted.l_start = start;
    wanted.l_len = length;
    int fd = ::open(path.c_str(), O_RDWR);
    _exit(fd >= 0 && fcntl(fd, F_SETLK, &wanted) == 0 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status == 0;
}

}  // namespace

TEST_CASE("record locks exclude other cages but not the own one") {
  PosixFixture first;
  PosixFixture second(first);
  first.directory.write("file", "hello");
  int a = first.opened("file", O_RDWR);
  int again = first.opened("file", O_RDWR);
  int b = second.opened("file", O_RDWR);
  CHECK(lock(first, a, F_SETLK, F_WRLCK, 0, 10) == 0);
  CHECK(lock(first, again, F_SETLK, F_WRLCK, 5, 10) == 0);
  CHECK(lock(second, b, F_SETLK, F_RDLCK, 14, 1) == -EAGAIN);
  CHECK(lock(second, b, F_SETLK, F_RDLCK, 15, 1) == 0);
  GuestFlock answer;
  CHECK(lock(second, b, F_GETLK, F_RDLCK, 8, 0, &answer) == 0);
  CHECK(answer.type == F_WRLCK);
  CHECK(answer.start == 0);
  CHECK(answer.length == 15);
  CHECK(answer.pid == 7);
  CHECK(lock(second, b, F_GETLK, F_WRLCK, 15, 0, &answer) == 0);
  CHECK(answer.type == F_UNLCK);
  // A hole in the middle is a hole for everyone.
  CHECK(lock(first, a, F_SETLK, F_UNLCK, 4, 2) == 0);
  CHECK(lock(second, b, F_SETLK, F_WRLCK, 4, 2) == 0);
  CHECK(lock(second, b, F_SETLK, F_WRLCK, 6, 1) == -EAGAIN);
}

TEST_CASE("closing any descriptor of a file ends the cage's record locks on it") {
  PosixFixture first;
  PosixFixture second(first);
  first.directory.write("file", "hello");
  int a = first.opened("file", O_RDWR);
  int again = first.opened("file", O_RDONLY);
  int b = second.opened("file", O_RDWR);
  REQUIRE(lock(first, a, F_SETLK, F_WRLCK, 0, 0) == 0);
  CHECK(lock(second, b, F_SETLK, F_WRLCK, 0, 1) == -EAGAIN);
  CHECK(first.call(SYS_close, again) == 0);
  CHECK(lock(second, b, F_SETLK, F_WRLCK, 0, 1) == 0);
}

TEST_CASE("closing a descriptor opened with O_PATH ends no locks") {
  PosixFixture first;
  PosixFixture second(first);
  first.directory.write("file", "hello");
  int a = first.opened("file", O_RDWR);
  int b = second.opened("file", O_RDWR);
  CHECK(lock(first, a, F_SETLK, F_WRLCK, 0, 0) == 0);
  CHECK(first.call(SYS_close, first.opened("file", O_PATH)) == 0);
  CHECK(lock(second, b, F_SETLK, F_RDLCK, 0, 0) == -EAGAIN);
  CHECK(first.call(SYS_close, first.opened("file", O_RDONLY)) == 0);
  CHECK(lock(second, b, F_SETLK, F_RDLCK, 0, 0) == 0);
}

TEST_CASE("locks of an open file end with its last descriptor") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  int a = posix.opened("file", O_RDWR);
  int b = posix.opened("file", O_RDWR);
  int64_t copy = posix.call(SYS_dup, a);
  CHECK(lock(posix, a, F_OFD_SETLK, F_WRLCK, 0, 0) == 0);
  CHECK(lock(posix, b, F_OFD_SETLK, F_WRLCK, 0, 0) == -EAGAIN);
  CHECK(lock(posix, b, F_SETLK, F_RDLCK, 0, 0) == -EAGAIN);
  posix.call(SYS_close, a);
  CHECK(lock(posix, b, F_OFD_SETLK, F_WRLCK, 0, 0) == -EAGAIN);
  posix.call(SYS_close, copy);
  CHECK(lock(posix, b, F_OFD_SETLK, F_WRLCK, 0, 0) == 0);
}

TEST_CASE("record locks hold towards other processes of the host") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  std::string path = posix.directory / "file";
  int reader = posix.opened("file", O_RDONLY);
  CHECK(lock(posix, reader, F_SETLK, F_RDLCK, 0, 10) == 0);
  CHECK(other_process_can_lock(path, F_RDLCK, 0, 10));
  CHECK_FALSE(other_process_can_lock(path, F_WRLCK, 0, 10));
  // The anchor can't carry this one and has to move, with what it holds.
  int writer = posix.opened("file", O_RDWR);
  CHECK(lock(posix, writer, F_SETLK, F_WRLCK, 20, 5) == 0);
  CHECK_FALSE(other_process_can_lock(path, F_RDLCK, 20, 1));
  CHECK_FALSE(other_process_can_lock(path, F_WRLCK, 9, 1));
  CHECK(other_process_can_lock(path, F_WRLCK, 10, 10));
  CHECK(lock(posix, writer, F_SETLK, F_UNLCK, 0, 22) == 0);
  CHECK(other_process_can_lock(path, F_WRLCK, 0, 22));
  CHECK_FALSE(other_process_can_lock(path, F_WRLCK, 24, 1));
}

TEST_CASE("a lock of another process is found and respected") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  int fd = posix.opened("file", O_RDWR);
  // An open file description of its own is as good as another process.
  int other = ::open((posix.directory / "file").c_str(), O_RDWR);
  struct flock held{};
  held.l_type = F_WRLCK;
  held.l_start = 3;
  held.l_len = 4;
  REQUIRE(fcntl(other, F_OFD_SETLK, &held) == 0);
  CHECK(lock(posix, fd, F_SETLK, F_RDLCK, 6, 1) == -EAGAIN);
  GuestFlock answer;
  CHECK(lock(posix, fd, F_GETLK, F_RDLCK, 0, 0, &answer) == 0);
  CHECK(answer.start == 3);
  CHECK(answer.length == 4);
  CHECK(answer.pid == 0);
  std::thread release([other] {
    usleep(20000);
    ::close(other);
  });
  CHECK(lock(posix, fd, F_SETLKW, F_WRLCK, 0, 0) == 0);
  release.join();
}

TEST_CASE("a waiting lock is granted when the other cage lets go, and a circle is refused") {
  PosixFixture first;
  PosixFixture second(first);
  first.directory.write("file", "hello");
  int a = first.opened("file", O_RDWR);
  int b = second.opened("file", O_RDWR);
  REQUIRE(lock(first, a, F_SETLK, F_WRLCK, 0, 1) == 0);
  REQUIRE(lock(second, b, F_SETLK, F_WRLCK, 1, 1) == 0);
  int64_t waited = -1;
  std::thread waiting([&] { waited = lock(second, b, F_SETLKW, F_WRLCK, 0, 1); });
  usleep(50000);
  // The other cage waits for this one by now; if it doesn't yet, this waits for it and it fails.
  CHECK(lock(first, a, F_SETLKW, F_WRLCK, 1, 1) == -EDEADLK);
  CHECK(lock(first, a, F_SETLK, F_UNLCK, 0, 1) == 0);
  waiting.join();
  CHECK(waited == 0);
}

TEST_CASE("the arguments of a record lock are checked as Linux does") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  int reader = posix.opened("file", O_RDONLY);
  int writer = posix.opened("file", O_WRONLY);
  CHECK(lock(posix, reader, F_SETLK, F_WRLCK, 0, 0) == -EBADF);
  CHECK(lock(posix, writer, F_SETLK, F_RDLCK, 0, 0) == -EBADF);
  CHECK(lock(posix, reader, F_SETLK, F_RDLCK, -1, 0) == -EINVAL);
  CHECK(lock(posix, reader, F_SETLK, 9, 0, 0) == -EINVAL);
  CHECK(lock(posix, reader, F_SETLK, F_RDLCK, 5, -6) == -EINVAL);
  CHECK(lock(posix, reader, F_SETLK, F_RDLCK, 5, -5) == 0);
  CHECK(lock(posix, reader, F_SETLK, F_RDLCK, INT64_MAX, 2) == -EOVERFLOW);
  CHECK(lock(posix, reader, F_GETLK, F_UNLCK, 0, 0) == -EINVAL);
  CHECK(lock(posix, 99, F_SETLK, F_RDLCK, 0, 0) == -EBADF);
}

TEST_CASE("flock belongs to the open file") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  int a = posix.opened("file");
  int b = posix.opened("file");
  CHECK(posix.call(SYS_flock, a, LOCK_EX) == 0);
  CHECK(posix.call(SYS_flock, b, LOCK_EX | LOCK_NB) == -EAGAIN);
  CHECK(posix.call(SYS_flock, posix.call(SYS_dup, a), LOCK_UN) == 0);
  CHECK(posix.call(SYS_flock, b, LOCK_EX | LOCK_NB) == 0);
}

}  // namespace linden::microvisor
