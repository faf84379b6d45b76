// System calls about the process, its user, its limits and the machine.

#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "microvisor/address_space_test_support.h"
#include "microvisor/test_support.h"

namespace linden::microvisor {

using test::PosixFixture;

TEST_CASE("a cage has the host's user and can't become another") {
  PosixFixture posix;
  CHECK(posix.call(SYS_getuid) == getuid());
  CHECK(posix.call(SYS_getegid) == getegid());
  CHECK(posix.call(SYS_setuid, getuid()) == 0);
  CHECK(posix.call(SYS_setuid, 12345) == -EPERM);
  CHECK(posix.call(SYS_setresuid, -1, getuid(), -1) == 0);
  CHECK(posix.call(SYS_setregid, -1, 12345) == -EPERM);
  uint32_t out = posix.memory.allocate(64);
  CHECK(posix.call(SYS_getresuid, out, out + 4, out + 8) == 0);
  CHECK(posix.memory.get<uint32_t>(out + 8) == geteuid());
  CHECK(posix.call(SYS_getgroups, 0, 0) == getgroups(0, nullptr));
  uint32_t odd = posix.memory.put(std::vector<uint32_t>{54321});
  CHECK(posix.call(SYS_setgroups, 1, odd) == -EPERM);
  CHECK(getuid() == posix.call(SYS_getuid));
}

TEST_CASE("process groups and sessions are the cage's") {
  PosixFixture posix;
  CHECK(posix.call(SYS_getpgrp) == 7);
  CHECK(posix.call(SYS_getpgid, 7) == 7);
  CHECK(posix.call(SYS_getpgid, 1) == -ESRCH);
  CHECK(posix.call(SYS_setpgid, 0, 0) == 0);
  CHECK(posix.call(SYS_setpgid, 0, 1) == -EPERM);
  CHECK(posix.call(SYS_setpgid, 0, -1) == -EINVAL);
  CHECK(posix.call(SYS_setsid) == -EPERM);
}

TEST_CASE("RLIMIT_AS acts on the address space, also on one that comes later") {
  PosixFixture posix;
  test::AddressSpaceFixture memory;
  auto set_limit = [&](uint64_t bytes) {
    uint32_t limit = posix.memory.put(std::vector<GuestRlimit>{{bytes, RLIM_INFINITY}});
    return posix.call(SYS_setrlimit, RLIMIT_AS, limit);
  };
  auto map = [&](uint32_t pages) {
    return posix.call(SYS_mmap, 0, pages * kGuestPageSize, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
                      -1, 0);
  };
  CHECK(set_limit(4 * kGuestPageSize) == 0);
  posix.cage->set_address_space(&memory.space);
  CHECK(map(5) == -ENOMEM);
  CHECK(set_limit(8 * kGuestPageSize) == 0);
  CHECK(map(5) > 0);
  CHECK(map(5) == -ENOMEM);
}

TEST_CASE("limits are kept, and that of descriptors acts") {
  PosixFixture posix;
  posix.directory.write("file", "hello");
  uint32_t out = posix.memory.allocate(16);
  auto limit = [&](uint64_t soft, uint64_t hard) {
    return posix.memory.put(std::vector<GuestRlimit>{{soft, hard}});
  };
  CHECK(posix.call(SYS_getrlimit, RLIMIT_STACK, out) == 0);
  CHECK(posix.memory.get<GuestRlimit>(out).soft == 1 << 20);
  CHECK(posix.call(SYS_setrlimit, RLIMIT_NOFILE, limit(2, 100)) == 0);
  CHECK(posix.open("file") == 0);
  CHECK(posix.open("file") == 1);
  CHECK(posix.open("file") == -EMFILE);
  CHECK(posix.call(SYS_dup2, 0, 2) == -EBADF);
  CHECK(posix.call(SYS_setrlimit, RLIMIT_NOFILE, limit(2, 101)) == -EPERM);
  CHECK(posix.call(SYS_setrlimit, RLIMIT_CPU, limit(2, 1)) == -EINVAL);
  CHECK(posix.call(SYS_prlimit64, 0, RLIMIT_NOFILE, limit(50, 100), out) == 0);
  CHECK(posix.memory.get<GuestRlimit>(out).soft == 2);
  CHECK(posix.open("file") == 2);
  CHECK(posix.call(SYS_prlimit64, 1, RLIMIT_NOFILE, 0, out) == -ESRCH);
  CHECK(posix.call(SYS_prlimit64, 0, 16, 0, out) == -EINVAL);
}

TEST_CASE("what a cage sets of scheduling stays with it") {
  const int before = ::getpriority(PRIO_PROCESS, 0);
  PosixFixture posix;
  CHECK(posix.call(SYS_getpriority, PRIO_PROCESS, 0) == 20);
  CHECK(posix.call(SYS_setpriority, PRIO_PROCESS, 0, 5) == 0);
  CHECK(posix.call(SYS_getpriority, PRIO_PROCESS, 0) == 15);
  CHECK(::getpriority(PRIO_PROCESS, 0) == before);
  CHECK(posix.call(SYS_getpriority, 3, 0) == -EINVAL);
  CHECK(posix.call(SYS_getpriority, PRIO_PROCESS, 1) == -ESRCH);
  CHECK(posix.call(SYS_sched_get_priority_max, SCHED_FIFO) == 99);
  CHECK(posix.call(SYS_sched_get_priority_max, 77) == -EINVAL);
  uint32_t priority = posix.memory.put(std::vector<int32_t>{1});
  CHECK(posix.call(SYS_sched_setscheduler, 0, SCHED_FIFO, priority) == -EPERM);
  CHECK(posix.call(SYS_sched_getscheduler, 0) == SCHED_OTHER);
  uint32_t mask = posix.memory.allocate(1024);
  int64_t length = posix.call(SYS_sched_getaffinity, 0, 1024, mask);
  REQUIRE(length >= 8);
  CHECK(posix.memory.get<uint64_t>(mask) != 0);
  CHECK(posix.call(SYS_sched_setaffinity, 0, length, mask) == 0);
  CHECK(posix.call(SYS_sched_getaffinity, 0, 7, mask) == -EINVAL);
  CHECK(posix.call(SYS_getcpu, mask, mask + 4, 0) == 0);
}

TEST_CASE("the system describes itself") {
  PosixFixture posix;
  uint32_t out = posix.memory.allocate(1024);
  CHECK(posix.call(SYS_uname, out) == 0);
  auto name = posix.memory.get<GuestUtsname>(out);
  CHECK(std::string(name.system) == "Linux");
  CHECK(std::string(name.machine) == "wasm32");
  CHECK(posix.call(SYS_sysinfo, out) == 0);
  CHECK(posix.memory.get<GuestSysinfo>(out).total_memory > 0);
  CHECK(posix.call(SYS_getrusage, RUSAGE_THREAD, out) == 0);
  CHECK(posix.call(SYS_getrusage, 9, out) == -EINVAL);
  CHECK(posix.call(SYS_times, out) > 0);
  CHECK(posix.call(SYS_time, out) == posix.memory.get<int64_t>(out));
  CHECK(posix.call(SYS_gettimeofday, out, 0) == 0);
  CHECK(posix.memory.get<GuestTimeval>(out).microseconds < 1000000);
  CHECK(posix.call(SYS_clock_settime, CLOCK_REALTIME, out) == -EPERM);
  CHECK(posix.call(SYS_clock_settime, CLOCK_MONOTONIC, out) == -EINVAL);
  CHECK(posix.call(SYS_clock_settime, CLOCK_REALTIME, test::kBadAddress) == -EFAULT);
  const uint32_t no_time = posix.memory.put(std::vector<GuestTimespec>{{0, 1'000'000'000, 0}});
  CHECK(posix.call(SYS_clock_settime, CLOCK_REALTIME, no_time) == -EINVAL);
  uint32_t adjustment = posix.memory.allocate(sizeof(timex));
  CHECK(posix.call(SYS_adjtimex, adjustment) >= 0);
  uint32_t modes = posix.memory.put(std::vector<uint32_t>(52, 1));
  CHECK(posix.call(SYS_adjtimex, modes) == -EPERM);
  std::vector<uint32_t> reading(sizeof(timex) / sizeof(uint32_t));
  reading[0] = ADJ_OFFSET_SS_READ;
  CHECK(posix.call(SYS_adjtimex, posix.memory.put(reading)) >= 0);
}

TEST_CASE("prctl and capabilities stay with the cage") {
  PosixFixture posix;
  uint32_t out = posix.memory.allocate(32);
  CHECK(posix.call(SYS_prctl, PR_SET_NAME, posix.text("a-name-that-is-too-long")) == 0);
  CHECK(posix.call(SYS_prctl, PR_GET_NAME, out) == 0);
  CHECK(posix.memory.text(out, 16) == std::string("a-name-that-is-\0", 16));
  CHECK(posix.call(SYS_prctl, PR_SET_DUMPABLE, 0) == 0);
  CHECK(posix.call(SYS_prctl, PR_GET_DUMPABLE) == 0);
  CHECK(prctl(PR_GET_DUMPABLE) == 1);
  CHECK(posix.call(SYS_prctl, PR_SET_PDEATHSIG, 65) == -EINVAL);
  CHECK(posix.call(SYS_prctl, PR_SET_PDEATHSIG, 9) == 0);
  CHECK(posix.call(SYS_prctl, PR_GET_PDEATHSIG, out) == 0);
  CHECK(posix.memory.get<int>(out) == 9);
  uint32_t header = posix.memory.put(std::vector<uint32_t>{_LINUX_CAPABILITY_VERSION_3, 0});
  CHECK(posix.call(SYS_capget, header, out) == 0);
  CHECK(posix.memory.get<uint32_t>(out) == 0);
  uint32_t wanted = posix.memory.put(std::vector<uint32_t>(6, 1));
  CHECK(posix.call(SYS_capset, header, wanted) == -EPERM);
  uint32_t unknown = posix.memory.put(std::vector<uint32_t>{0, 0});
  CHECK(posix.call(SYS_capget, unknown, 0) == 0);
  CHECK(posix.memory.get<uint32_t>(unknown) == _LINUX_CAPABILITY_VERSION_3);
}

TEST_CASE("refused calls answer with the table's errno") {
  PosixFixture posix;
  CHECK(posix.call(SYS_socket, 2, 1, 0) == -EAFNOSUPPORT);
  CHECK(posix.call(SYS_ptrace, 0, 0, 0, 0) == -EPERM);
  CHECK(posix.call(SYS_rseq, 0, 0, 0, 0) == -ENOSYS);
  for (const SyscallInfo& info : syscalls()) {
    INFO(info.name);
    CHECK(find_syscall(info.number) == &info);
    CHECK((info.support == Support::Full || !info.caveat.empty()));
    CHECK((info.support == Support::Refused) == (info.error != 0));
    if (info.error != 0) CHECK(posix.call(info.number) == -info.error);
  }
}

}  // namespace linden::microvisor
