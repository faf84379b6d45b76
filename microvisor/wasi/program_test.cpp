#include <set>

#include "microvisor/test_support.h"

namespace linden::microvisor::wasi {

using test::WasiFixture;

TEST_CASE("arguments and environment are laid out as C expects") {
  WasiFixture wasi({.args = {"prog", "", "last"}, .env = {"A=1"}});
  Process& p = *wasi.process;
  REQUIRE(args_sizes_get(p, wasi.out, wasi.out + 4) == Errno::Success);
  CHECK(wasi.memory.get<uint32_t>(wasi.out) == 3);
  CHECK(wasi.memory.get<uint32_t>(wasi.out + 4) == 11);
  uint32_t argv = wasi.memory.allocate(12), buffer = wasi.memory.allocate(16);
  REQUIRE(args_get(p, argv, buffer) == Errno::Success);
  CHECK(wasi.memory.get<uint32_t>(argv) == buffer);
  CHECK(wasi.memory.get<uint32_t>(argv + 8) == buffer + 6);
  CHECK(wasi.memory.text(buffer, 11) == std::string("prog\0\0last\0", 11));
  REQUIRE(environ_sizes_get(p, wasi.out, wasi.out + 4) == Errno::Success);
  CHECK(wasi.memory.get<uint32_t>(wasi.out) == 1);
  REQUIRE(environ_get(p, argv, buffer) == Errno::Success);
  CHECK(wasi.memory.text(buffer, 4) == std::string("A=1\0", 4));
  CHECK(args_get(p, test::kBadAddress, buffer) == Errno::Fault);
  CHECK(args_get(p, argv, 0xffffffff) == Errno::Fault);
  CHECK(args_sizes_get(p, wasi.out, test::kBadAddress) == Errno::Fault);
}

TEST_CASE("clocks tell time and resolution") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  for (uint32_t clock = 0; clock < 4; ++clock) {
    CHECK(clock_time_get(p, clock, 0, wasi.out) == Errno::Success);
    CHECK(wasi.memory.get<uint64_t>(wasi.out) > 0);
    CHECK(clock_res_get(p, clock, wasi.out) == Errno::Success);
    CHECK(wasi.memory.get<uint64_t>(wasi.out) > 0);
  }
  CHECK(clock_time_get(p, 4, 0, wasi.out) == Errno::Invalid);
  CHECK(clock_res_get(p, 0xffffffff, wasi.out) == Errno::Invalid);
  CHECK(clock_time_get(p, 0, 0, test::kBadAddress) == Errno::Fault);
}

TEST_CASE("random_get fills any length and nothing beyond") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  uint32_t buffer = wasi.memory.allocate(100'000 + 1);
  CHECK(random_get(p, buffer, 100'000) == Errno::Success);
  CHECK(wasi.memory.get<uint8_t>(buffer + 100'000) == 0);
  std::set<uint64_t> words;
  for (uint32_t i = 0; i < 100'000; i += 1000) {
    words.insert(wasi.memory.get<uint64_t>(buffer + i));
  }
  CHECK(words.size() > 95);
  CHECK(random_get(p, buffer, 0) == Errno::Success);
  CHECK(random_get(p, buffer, 0xffffffff) == Errno::Fault);
}

TEST_CASE("the first exit counts") {
  WasiFixture wasi;
  CHECK_FALSE(wasi.process->exit_code());
  proc_exit(*wasi.process, 0xffffffff);
  CHECK(wasi.process->exit_code() == 0xffffffff);
  proc_exit(*wasi.process, 1);
  CHECK(wasi.process->exit_code() == 0xffffffff);
}

TEST_CASE("raising a signal does what its default action is") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  for (uint32_t ignored : {0, 16, 17, 22, 27}) CHECK(proc_raise(p, ignored) == Errno::Success);
  CHECK(proc_raise(p, 18) == Errno::NotSupported);
  CHECK(proc_raise(p, 31) == Errno::Invalid);
  CHECK_FALSE(p.exit_code());
  CHECK(proc_raise(p, 23) == Errno::Success);  // xcpu, Linux's 24
  CHECK(p.exit_code() == 152);
}

TEST_CASE("sched_yield returns") {
  WasiFixture wasi;
  CHECK(sched_yield(*wasi.process) == Errno::Success);
}

TEST_CASE("standard streams are inherited with the rights that fit them") {
  LinuxHost host;
  auto process = Process::create(host, {}, nullptr).take();
  test::TestMemory memory;
  process->set_memory(memory.view());
  uint32_t to = memory.allocate(sizeof(Fdstat));
  for (uint32_t fd = 0; fd < 3; ++fd) {
    if (fcntl(static_cast<int>(fd), F_GETFD) < 0) continue;
    REQUIRE(fd_fdstat_get(*process, fd, to) == Errno::Success);
    auto fdstat = memory.get<Fdstat>(to);
    CHECK((fdstat.rights_base & right::kPathOpen) == 0);
    bool seekable = fdstat.rights_base & right::kFdSeek;
    CHECK(seekable == (fdstat.file_type == FileType::RegularFile));
    // The guest's copy is its own to close.
    CHECK(fd_close(*process, fd) == Errno::Success);
    CHECK(fcntl(static_cast<int>(fd), F_GETFD) >= 0);
  }
}

TEST_CASE("a process that can't be set up says why") {
  LinuxHost host;
  std::string message;
  CHECK(Process::create(host, {.dirs = {test::grant("/nonexistent-directory")}}, &message).code() ==
        ENOENT);
  CHECK(message.find("/nonexistent-directory") != std::string::npos);
}

TEST_CASE("every function of preview 1 is in the list") {
  int count = 0;
#define LINDEN_WASI(name)          \
  static_assert(&name != nullptr); \
  ++count;
#include "microvisor/wasi/functions.def"
#undef LINDEN_WASI
  // 45 of the original snapshot and sock_accept, which was added to it later.
  CHECK(count == 46);
}

TEST_CASE("host errnos have their preview 1 counterparts") {
  CHECK(to_errno(0) == Errno::Success);
  CHECK(to_errno(kErrnoNotCapable) == Errno::NotCapable);
  CHECK(static_cast<uint32_t>(to_errno(ENOENT)) == 44);
  CHECK(static_cast<uint32_t>(to_errno(EROFS)) == 69);
  CHECK(static_cast<uint32_t>(to_errno(EXDEV)) == 75);
  CHECK(static_cast<uint32_t>(to_errno(ENOTEMPTY)) == 55);
  CHECK(to_errno(ELNRNG) == Errno::Io);
}

}  // namespace linden::microvisor::wasi
