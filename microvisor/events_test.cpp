// Waiting: pipes, poll, select, epoll, counters and timers; and ioctl.

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>

#include "microvisor/host_file.h"
#include "microvisor/test_support.h"

namespace linden::microvisor {

using test::PosixFixture;

namespace {

struct Pipe {
  int read_end;
  int write_end;
};

Pipe make_pipe(PosixFixture& posix) {
  uint32_t ends = posix.memory.allocate(8);
  REQUIRE(posix.call(SYS_pipe2, ends, O_NONBLOCK) == 0);
  return {posix.memory.get<int>(ends), posix.memory.get<int>(ends + 4)};
}

}  // namespace

TEST_CASE("a pipe whose descriptors can't be told is closed again") {
  PosixFixture posix;
  size_t before = test::count_host_descriptors();
  CHECK(posix.call(SYS_pipe, test::kBadAddress) == -EFAULT);
  CHECK(posix.cage->fds().open_count() == 0);
  CHECK(test::count_host_descriptors() == before);
  CHECK(posix.call(SYS_pipe2, 64, O_APPEND) == -EINVAL);
  posix.cage->fds().set_limit(1);
  CHECK(posix.call(SYS_pipe, posix.memory.allocate(8)) == -EMFILE);
  CHECK(posix.cage->fds().open_count() == 0);
}

TEST_CASE("select finds what is ready and tells what is left of the time") {
  PosixFixture posix;
  Pipe pipe = make_pipe(posix);
  uint64_t both = uint64_t{1} << pipe.read_end | uint64_t{1} << pipe.write_end;
  uint32_t read = posix.memory.put(std::vector{both});
  uint32_t write = posix.memory.put(std::vector{both});
  uint32_t timeout = posix.memory.put(std::vector<GuestTimeval>{{100, 2'000'000}});
  CHECK(posix.call(SYS_select, 64, read, write, 0, timeout) == 1);
  CHECK(posix.memory.get<uint64_t>(read) == 0);
  CHECK(posix.memory.get<uint64_t>(write) == uint64_t{1} << pipe.write_end);
  CHECK(posix.memory.get<GuestTimeval>(timeout).seconds >= 100);
  CHECK(posix.memory.get<GuestTimeval>(timeout).seconds <= 102);
  CHECK(posix.call(SYS_select, -1, 0, 0, 0, 0) == -EINVAL);
  uint32_t closed = posix.memory.put(std::vector<uint64_t>{1 << 20});
  CHECK(posix.call(SYS_select, 64, closed, 0, 0, 0) == -EBADF);
  uint32_t mask = posix.memory.put(std::vector<uint64_t>{64, 7});
  uint32_t now = posix.memory.put(std::vector<GuestTimespec>{{0, 0, -1}});
  CHECK(posix.call(SYS_pselect6, 0, 0, 0, 0, now, mask) == -EINVAL);
  mask = posix.memory.put(std::vector<uint64_t>{64, 8});
  CHECK(posix.call(SYS_pselect6, 0, 0, 0, 0, now, mask) == 0);
}

TEST_CASE("ppoll checks its time and mask") {
  PosixFixture posix;
  uint32_t time = posix.memory.put(std::vector<GuestTimespec>{{0, 1000, -1}});
  CHECK(posix.call(SYS_ppoll, 0, 0, time, 0, 0) == 0);
  CHECK(posix.memory.get<GuestTimespec>(time).nanoseconds == 0);
  CHECK(posix.call(SYS_ppoll, 0, 0, time, 64, 4) == -EINVAL);
  time = posix.memory.put(std::vector<GuestTimespec>{{0, 1'000'000'000, 0}});
  CHECK(posix.call(SYS_ppoll, 0, 0, time, 0, 0) == -EINVAL);
}

TEST_CASE("epoll reports the guest's words") {
  PosixFixture posix;
  Pipe pipe = make_pipe(posix);
  int64_t set = posix.call(SYS_epoll_create1, EPOLL_CLOEXEC);
  constexpr uint64_t kWord = 0x123456789abcdef0;
  uint32_t event = posix.memory.put(std::vector<GuestEpollEvent>{{EPOLLIN, kWord}});
  CHECK(posix.call(SYS_epoll_ctl, set, EPOLL_CTL_ADD, pipe.read_end, event) == 0);
  CHECK(posix.call(SYS_epoll_ctl, set, EPOLL_CTL_ADD, pipe.read_end, event) == -EEXIST);
  uint32_t out = posix.memory.allocate(64);
  CHECK(posix.call(SYS_epoll_wait, set, out, 4, 0) == 0);
  posix.write(pipe.write_end, "x");
  CHECK(posix.call(SYS_epoll_pwait, set, out, 4, -1, 0, 0) == 1);
  CHECK(uint64_t{posix.memory.get<GuestEpollEvent>(out).data} == kWord);
  CHECK(posix.call(SYS_epoll_wait, set, out, 0, 0) == -EINVAL);
  CHECK(posix.call(SYS_epoll_ctl, set, EPOLL_CTL_ADD, set, event) == -EINVAL);
  posix.directory.write("file", "");
  CHECK(posix.call(SYS_epoll_ctl, set, EPOLL_CTL_ADD, posix.opened("file"), event) == -EPERM);
  // A closed file leaves the set by itself.
  posix.call(SYS_close, pipe.read_end);
  CHECK(posix.call(SYS_epoll_wait, set, out, 4, 0) == 0);
}

TEST_CASE("event counters and timers") {
  PosixFixture posix;
  int64_t counter = posix.call(SYS_eventfd2, 3, O_NONBLOCK);
  std::string value = posix.read(static_cast<int>(counter));
  CHECK(value == std::string("\3\0\0\0\0\0\0\0", 8));
  CHECK(posix.call(SYS_read, counter, 64, 8) == -EAGAIN);
  CHECK(posix.call(SYS_eventfd2, 0, 0x10) == -EINVAL);
  int64_t timer = posix.call(SYS_timerfd_create, CLOCK_MONOTONIC, 0);
  uint32_t soon = posix.memory.put(std::vector<GuestItimerspec>{{{0, 0, -1}, {0, 1000, -1}}});
  CHECK(posix.call(SYS_timerfd_settime, timer, 0, soon, 0) == 0);
  CHECK(posix.read(static_cast<int>(timer)).size() == 8);
  uint32_t left = posix.memory.allocate(32);
  CHECK(posix.call(SYS_timerfd_gettime, timer, left) == 0);
  CHECK(posix.memory.get<GuestItimerspec>(left).value.seconds == 0);
  CHECK(posix.call(SYS_timerfd_gettime, counter, left) == -EINVAL);
  CHECK(posix.call(SYS_timerfd_create, CLOCK_BOOTTIME_ALARM, 0) == -EPERM);
}

TEST_CASE("ioctl has what is allowed and nothing else") {
  PosixFixture posix;
  Pipe pipe = make_pipe(posix);
  posix.write(pipe.write_end, "hello");
  uint32_t out = posix.memory.allocate(64);
  CHECK(posix.call(SYS_ioctl, pipe.read_end, FIONREAD, out) == 0);
  CHECK(posix.memory.get<int>(out) == 5);
  CHECK(posix.call(SYS_ioctl, pipe.read_end, FIONREAD, test::kBadAddress) == -EFAULT);
  uint32_t zero = posix.memory.put(std::vector<int>{0});
  CHECK(posix.call(SYS_ioctl, pipe.read_end, FIONBIO, zero) == 0);
  CHECK((posix.call(SYS_fcntl, pipe.read_end, F_GETFL, 0) & O_NONBLOCK) == 0);
  CHECK(posix.call(SYS_ioctl, pipe.read_end, FIOCLEX, 0) == 0);
  CHECK(posix.call(SYS_fcntl, pipe.read_end, F_GETFD, 0) == FD_CLOEXEC);
  for (uint64_t request : {TCGETS, TIOCGWINSZ, TIOCSTI, FIOASYNC, TIOCSCTTY, TIOCGPGRP}) {
    CHECK(posix.call(SYS_ioctl, pipe.read_end, request, out) == -ENOTTY);
  }
}

TEST_CASE("a terminal's attributes and size are reached, its input is not") {
  PosixFixture posix;
  int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(terminal >= 0);
  REQUIRE(::unlockpt(terminal) == 0);
  auto file = HostFile::stream(posix.host, HostFd(posix.host, terminal));
  int fd = posix.cage->fds().insert({file}).take();
  uint32_t out = posix.memory.allocate(64);
  CHECK(posix.call(SYS_ioctl, fd, TCGETS, out) == 0);
  CHECK(posix.call(SYS_ioctl, fd, TCSETS, out) == 0);
  uint32_t size = posix.memory.put(std::vector<GuestWindowSize>{{33, 44, 0, 0}});
  CHECK(posix.call(SYS_ioctl, fd, TIOCSWINSZ, size) == 0);
  CHECK(posix.call(SYS_ioctl, fd, TIOCGWINSZ, out) == 0);
  CHECK(posix.memory.get<GuestWindowSize>(out).columns == 44);
  CHECK(posix.call(SYS_ioctl, fd, TIOCGPTN, out) == 0);
  CHECK(posix.call(SYS_ioctl, fd, TIOCSTI, posix.text("x")) == -ENOTTY);
  CHECK(posix.call(SYS_ioctl, fd, TIOCSCTTY, 1) == -ENOTTY);
}

TEST_CASE("pipe sizes and owners are controlled, without effect on the host") {
  PosixFixture posix;
  Pipe pipe = make_pipe(posix);
  CHECK(posix.call(SYS_fcntl, pipe.read_end, F_SETPIPE_SZ, 8192) == 8192);
  CHECK(posix.call(SYS_fcntl, pipe.read_end, F_GETPIPE_SZ, 0) == 8192);
  CHECK(posix.call(SYS_fcntl, pipe.read_end, F_SETPIPE_SZ, 1 << 21) == -EPERM);
  CHECK(posix.call(SYS_fcntl, pipe.read_end, F_SETOWN, 1) == 0);
  CHECK(posix.call(SYS_fcntl, pipe.read_end, F_GETOWN, 0) == 1);
}

}  // namespace linden::microvisor
