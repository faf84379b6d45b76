// Every system call of the table with arguments that no honest program would pass. It may fail or
// succeed; it may not crash, hang, answer with something that is neither a value nor an errno, or
// touch the host outside of the cage.

#include <signal.h>

#include <algorithm>
#include <random>
#include <set>

#include "microvisor/test_support.h"

namespace linden::microvisor {

using test::PosixFixture;

namespace {

// Left out, with the reason.
const std::set<int> kLeftOut = {
    SYS_exit,        // ends the thread
    SYS_exit_group,  // ends the cage
    SYS_sync,        // waits for every disk of the machine; takes no argument
    // These end the cage, or leave a signal that does.
    SYS_kill,
    SYS_tkill,
    SYS_tgkill,
    SYS_rt_sigqueueinfo,
};

// These wait for something that nobody here does, whatever the timeout: they are made by a thread
// that is wanted elsewhere, so that each wait ends at once.
const std::set<int> kWaiting = {SYS_pause, SYS_rt_sigsuspend, SYS_rt_sigtimedwait, SYS_futex};

int64_t call_without_waiting(Cage& cage, int number, const uint64_t* arguments) {
  Thread& thread = cage.main_thread();
  ThreadBinding binding(thread);
  if (kWaiting.contains(number)) thread.request_attention(Thread::kEnd);
  int64_t result = dispatch(thread, number, arguments);
  thread.clear_attention(Thread::kEnd);
  return result;
}

// Words on which decoding, range checks and arithmetic turn.
constexpr uint64_t kBoundaries[] = {
    0,          1,          2,           3,          7,           64,
    0x40,       0xfff,      4096,        65536,      0xfffff,     0x100000,
    0x7fffffff, 0x80000000, 0xfffffff0,  0xffffffff, 0x100000000, 0x7fffffffffffffff,
    1ull << 63, ~0ull,      ~0ull - 100,
};

// A guest that has a bit of everything open, in descriptors that the boundaries name.
class Target : public PosixFixture {
 public:
  Target() {
    path = text("file");
    pipe_ends = memory.allocate(8);
    // Timeouts, times and structures in general: zeros, so that no wait lasts.
    zeros = memory.allocate(kZeros);
    reopen();
  }
  // The tested calls close descriptors, make some blocking, and remove or replace files.
  void reopen() {
    call(SYS_close_range, 0, ~0u, 0);
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      std::filesystem::remove_all(entry);
    }
    directory.write("file", std::string(10000, 'x'));
    std::filesystem::create_directory(directory / "sub");
    memory.clear(zeros, kZeros);
    memcpy(memory.base() + path, "file", 5);
    opened("file", O_RDWR);
    opened("sub");
    call(SYS_eventfd2, 1, EFD_NONBLOCK);
    call(SYS_pipe2, pipe_ends, O_NONBLOCK);
    call(SYS_timerfd_create, CLOCK_MONOTONIC, TFD_NONBLOCK);
    call(SYS_epoll_create1, 0);
    call(SYS_inotify_init1, IN_NONBLOCK);
    opened("file", O_PATH);
  }
  static constexpr uint32_t kZeros = 8192;
  uint32_t path;
  uint32_t pipe_ends;
  uint32_t zeros;

 private:
  static constexpr int EFD_NONBLOCK = O_NONBLOCK;
  static constexpr int TFD_NONBLOCK = O_NONBLOCK;
  static constexpr int IN_NONBLOCK = O_NONBLOCK;
};

bool is_timeout(const SyscallInfo& info, int position) {
  switch (info.number) {
    case SYS_poll:
      return position == 2;
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
      return position == 3;
    case SYS_select:
    case SYS_pselect6:
      return position == 4;
    case SYS_ppoll:
      return position == 2;
    case SYS_epoll_pwait2:
      return position == 3;
    default:
      return false;
  }
}

// Keeps a call from waiting for ever, which Linux would do as well with such arguments.
void defuse(const SyscallInfo& info, const Target& target, uint64_t* arguments) {
  for (int i = 0; i < info.argument_count; ++i) {
    if (is_timeout(info, i)) {
      arguments[i] = info.arguments[i] == ArgKind::Int ? 0 : target.zeros;
    }
  }
  // Sleeps of any length; structures lie in memory that tests leave all zeros.
  if (info.number == SYS_nanosleep) arguments[0] = target.zeros;
  if (info.number == SYS_clock_nanosleep) arguments[2] = target.zeros;
  // A file allocated as large as the disk.
  if (info.number == SYS_fallocate) arguments[3] &= 0xffff;
}

void call_and_check(Target& target, const SyscallInfo& info, uint64_t* arguments) {
  defuse(info, target, arguments);
  target.memory.clear(target.zeros, Target::kZeros);
  int64_t result = call_without_waiting(*target.cage, info.number, arguments);
  CAPTURE(info.name, arguments[0], arguments[1], arguments[2], arguments[3], result);
  CHECK(result >= -4095);
  CHECK_FALSE(target.cage->exit_status());
}

}  // namespace

TEST_CASE("no argument of any system call harms the host") {
  test::FaultHandler handler;
  for (const SyscallInfo& info : syscalls()) {
    if (kLeftOut.contains(info.number)) continue;
    Target target;
    // Each argument takes each boundary, the others being plausible.
    for (int position = 0; position < std::max(info.argument_count, 1); ++position) {
      for (uint64_t boundary : kBoundaries) {
        uint64_t arguments[6];
        for (int i = 0; i < 6; ++i) {
          bool is_fd = info.arguments[i] == ArgKind::Fd || info.arguments[i] == ArgKind::DirFd;
          bool is_path = info.arguments[i] == ArgKind::Path;
          arguments[i] = is_fd ? boundary % 9 : is_path ? target.path : target.zeros;
          if (info.arguments[i] == ArgKind::Size) arguments[i] = 16;
        }
        arguments[position] = boundary;
        call_and_check(target, info, arguments);
      }
    }
  }
}

TEST_CASE("no combination of arguments harms the host") {
  test::FaultHandler handler;
  std::mt19937_64 random(20221130);
  auto pick = [&](const Target& target, ArgKind kind) -> uint64_t {
    switch (random() % 4) {
      case 0:
        return random();
      case 1:
        return kBoundaries[random() % std::size(kBoundaries)];
      case 2:
        return kind == ArgKind::Path ? target.path : target.zeros;
      default:
        return random() % 12;
    }
  };
  for (int round = 0; round < 60; ++round) {
    Target target;
    for (const SyscallInfo& info : syscalls()) {
      if (kLeftOut.contains(info.number)) continue;
      uint64_t arguments[6];
      for (int i = 0; i < 6; ++i) arguments[i] = pick(target, info.arguments[i]);
      call_and_check(target, info, arguments);
    }
  }
}

TEST_CASE("a bad pointer is an errno in every position") {
  test::FaultHandler handler;
  for (uint32_t bad : {uint32_t{65536}, test::kBadAddress}) {
    for (const SyscallInfo& info : syscalls()) {
      if (kLeftOut.contains(info.number)) continue;
      Target target;
      target.memory.protect(65536, 4096);
      uint64_t arguments[6];
      for (int i = 0; i < 6; ++i) {
        bool is_fd = info.arguments[i] == ArgKind::Fd || info.arguments[i] == ArgKind::DirFd;
        bool is_pointer = info.arguments[i] >= ArgKind::Path;
        arguments[i] = is_fd ? 0 : is_pointer ? bad : 8;
      }
      CAPTURE(info.name, bad);
      // As in defuse(), but without handing out good pointers.
      if (info.number == SYS_poll || info.number == SYS_epoll_wait) arguments[2] = 0;
      int64_t result = call_without_waiting(*target.cage, info.number, arguments);
      CHECK(result >= -4095);
    }
  }
}

}  // namespace linden::microvisor
